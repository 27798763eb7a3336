#pragma once

#include <QWidget>

namespace meseta::console {

/// A resource of the cluster: its name, "used of total", and a bar of what is allocated and what is
/// on offer.
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

        bool operator==(const Amounts &) const = default;
    };

    void setTitle(const QString &title);
    void setAmounts(const Amounts &amounts, const QString &text, const QString &detail);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_title;
    QString m_text;
    QString m_detail;
    Amounts m_amounts;
};

} // namespace meseta::console
