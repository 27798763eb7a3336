#pragma once

#include <deque>

#include <QWidget>

namespace meseta::console {

/// A resource of the cluster: its name, "used of total", a bar of what is allocated and what is on
/// offer, a thin one of what is really in use, and how these went lately.
class Gauge : public QWidget
{
    Q_OBJECT
public:
    explicit Gauge(QWidget *parent = nullptr);

    struct Amounts
    {
        double used = 0;
        double offered = 0;
        double total = 0;
        double inUse = -1; ///< by the containers, as measured; below 0: not known

        bool operator==(const Amounts &) const = default;
    };

    void setTitle(const QString &title);
    /// Adds a point to the small chart: shares of what is allocated, and in use (below 0: unknown).
    void addSample(double used, double inUse);
    void setAmounts(const Amounts &amounts, const QString &text, const QString &detail);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void paintTrend(QPainter *painter, const QRectF &area) const;

    struct Sample
    {
        double used;
        double inUse;
    };
    static constexpr std::size_t keptSamples = 120;

    std::deque<Sample> m_samples;
    QString m_title;
    QString m_text;
    QString m_detail;
    Amounts m_amounts;
};

} // namespace meseta::console
