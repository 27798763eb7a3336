#pragma once

#include <deque>

#include <QWidget>

namespace meseta::console {

/// Two shares over the last minutes: what is allocated as an area, what is on offer above it.
class TrendChart : public QWidget
{
    Q_OBJECT
public:
    explicit TrendChart(QWidget *parent = nullptr);

    void setNames(const QString &first, const QString &second);
    void setLegend(const QString &text); ///< one line instead of the two names
    void add(double first, double second); ///< shares, 0 to 1
    void clear();

    QSize sizeHint() const override { return {240, 80}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Sample
    {
        double first;
        double second;
    };
    static constexpr std::size_t kept = 300;

    std::deque<Sample> m_samples;
    QString m_first;
    QString m_second;
    QString m_legend;
};

} // namespace meseta::console
