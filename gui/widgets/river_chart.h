#pragma once

#include <QWidget>

#include "gui/model/offer_river.h"

namespace meseta::console {

/// Stacked bands of offers over time. The mouse, or the arrow keys, point at a band and a moment,
/// whose figures are told; a click or Return chooses the band.
class RiverChart : public QWidget
{
    Q_OBJECT
public:
    enum class Measure { Held, Made, Accepted, Declined, TakenBack, Hoarded };
    static constexpr int measureCount = 6;

    explicit RiverChart(QWidget *parent = nullptr);

    void setRiver(const OfferRiver &river);
    void setMeasure(Measure measure);
    QString figures() const; ///< of what is pointed at; empty: nothing is
    QPoint placeOf(int band, int step) const; ///< the middle of a band there
    static QString nameOf(Measure measure);

    QSize sizeHint() const override { return {400, 170}; }

Q_SIGNALS:
    void chosen(const QString &bandKey);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    const std::vector<int> &steps(const RiverBand &band) const;
    void stack();
    QRect area() const;
    double x(int step) const;
    double y(int amount) const;
    int below(int band, int step) const ///< of all bands before it
    {
        return m_below[static_cast<std::size_t>(band)][static_cast<std::size_t>(step)];
    }
    void point(int band, int step);
    void paintBands(QPainter &painter) const;
    void paintLegend(QPainter &painter) const;
    void paintFigures(QPainter &painter) const;

    OfferRiver m_river;
    bool m_isReckoned = false; ///< there was one
    std::vector<std::vector<int>> m_below; ///< by band, and by step; one more than there are bands
    int m_most = 1; ///< of all bands together
    Measure m_measure = Measure::Held;
    int m_band = -1;
    int m_step = -1;
};

} // namespace meseta::console
