#pragma once

#include <QHeaderView>

namespace meseta::console {

/// The titles above a table: each begins or ends exactly where the texts below it do, and the mark
/// of the sorted column stands beside its title without moving it.
class TableHeader : public QHeaderView
{
    Q_OBJECT
public:
    explicit TableHeader(QWidget *parent = nullptr);

    static constexpr int margin = 10; ///< of texts to the sides of their cells, here and below

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;
};

} // namespace meseta::console
