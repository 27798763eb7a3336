#pragma once

#include <QWidget>

class QVBoxLayout;

namespace meseta::console {

/// A raised surface that holds one thing.
class Card : public QWidget
{
    Q_OBJECT
public:
    explicit Card(QWidget *parent = nullptr);
    QVBoxLayout &column() { return *m_column; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QVBoxLayout *m_column;
};

/// Paints the surface of a card.
void paintCard(QPainter *painter, const QRectF &rect);

} // namespace meseta::console
