#include "gui/widgets/message_bar.h"

#include <QVBoxLayout>

#include "gui/widgets/message_row.h"
#include "gui/widgets/tab_order.h"

namespace meseta::console {

namespace {

constexpr qsizetype mostWithAction = 2;

} // namespace

MessageBar::MessageBar(QWidget *parent) : QWidget(parent), m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_plain = addRow();
    for (qsizetype i = 0; i < mostWithAction; ++i)
        m_withAction << addRow();
    orderTabs(rows());
    hide();
}

MessageRow *MessageBar::addRow()
{
    auto *row = new MessageRow;
    m_column->insertWidget(0, row);
    connect(row, &MessageRow::hidden, this, &MessageBar::showRows);
    return row;
}

/// From top to bottom.
QList<QWidget *> MessageBar::rows() const
{
    QList<QWidget *> rows;
    for (int i = 0; i < m_column->count(); ++i)
        rows << m_column->itemAt(i)->widget();
    return rows;
}

/// The oldest of these makes room; it is put last, as the newest.
MessageRow *MessageBar::newestWithAction()
{
    MessageRow *row = m_withAction.takeFirst();
    m_withAction << row;
    m_column->removeWidget(row);
    m_column->insertWidget(m_column->count() - 1, row);
    orderTabs(rows());
    return row;
}

/// The row in which news of that subject go on; nullptr: there is none.
MessageRow *MessageBar::rowAbout(const QString &subject, bool withAction) const
{
    if (subject.isEmpty())
        return nullptr;
    for (MessageRow *row : m_withAction) {
        if (!row->isHidden() && row->subject() == subject)
            return row;
    }
    if (m_plain->isHidden() || m_plain->subject() != subject)
        return nullptr;
    if (!withAction)
        return m_plain;
    m_plain->leave(); // it goes on where something can be done
    return nullptr;
}

void MessageBar::show(Tone tone, const QString &text, const Action &action, const QString &subject)
{
    const bool acts = static_cast<bool>(action.run);
    m_newest = rowAbout(subject, acts);
    if (!m_newest)
        m_newest = acts ? newestWithAction() : m_plain;
    m_newest->setSubject(subject);
    m_newest->show(tone, text, action.title, action.run);
    showRows();
}

void MessageBar::withdraw()
{
    m_plain->hide();
    showRows();
}

void MessageBar::showRows()
{
    bool any = !m_plain->isHidden();
    for (const MessageRow *row : std::as_const(m_withAction))
        any = any || !row->isHidden();
    setVisible(any);
}

QString MessageBar::text() const
{
    return m_newest && !m_newest->isHidden() ? m_newest->text() : QString();
}

bool MessageBar::runAction()
{
    for (auto row = m_withAction.crbegin(); row != m_withAction.crend(); ++row) {
        if ((*row)->isHidden() || !(*row)->hasAction())
            continue;
        (*row)->runAction();
        return true;
    }
    return false;
}

} // namespace meseta::console
