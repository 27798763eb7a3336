#pragma once

#include <functional>

#include <QCache>
#include <QStaticText>
#include <QStyledItemDelegate>

namespace meseta::console {

/// Paints every cell of the console's tables: sign, text, bar. It asks the source directly and
/// keeps laid out texts, for painting is what a table costs.
class TableDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit TableDelegate(QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

    /// What is shown is old: texts are painted muted.
    void setStale(bool stale) { m_stale = stale; }
    /// A tint over each row while something is dragged: above 0 it fits, 0 later, below 0 never.
    void setFit(std::function<int(int slot)> fit) { m_fit = std::move(fit); }
    void forgetTexts() { m_texts.clear(); } ///< the font changed

private:
    const QStaticText &laidOut(const QString &text, const QFont &font) const;

    mutable QCache<QString, QStaticText> m_texts;
    bool m_stale = false;
    std::function<int(int)> m_fit;
};

} // namespace meseta::console
