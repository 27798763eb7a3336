#pragma once

#include <QWidget>

namespace meseta::console {

/// A resource of the cluster: its name, "used of total", and a bar of what is used and what is on
/// offer.
class Gauge : public QWidget
{
    Q_OBJECT
public:
    explicit Gauge(const QString &title, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setAmounts(double used, double offered, double total, const QString &text);

    QSize sizeHint() const override { return {220, 92}; }
    QSize minimumSizeHint() const override { return {150, 92}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_title;
    QString m_text;
    double m_used = 0;
    double m_offered = 0;
    double m_total = 0;
};

} // namespace meseta::console
