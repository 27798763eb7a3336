#include "gui/widgets/message_bar.h"

#include <QVBoxLayout>

#include "gui/widgets/message_row.h"

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
    hide();
}

MessageRow *MessageBar::addRow()
{
    auto *row = new MessageRow;
    m_column->insertWidget(0, row);
    connect(row, &MessageRow::hidden, this, &MessageBar::showRows);
    return row;
}

void MessageBar::show(Tone tone, const QString &text, const Action &action)
{
    m_newest = m_plain;
    if (action.run) {
        // The oldest of these makes room; it is put last, as the newest.
        m_newest = m_withAction.takeFirst();
        m_withAction << m_newest;
        m_column->removeWidget(m_newest);
        m_column->insertWidget(m_column->count() - 1, m_newest);
    }
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
        if ((*row)->isHidden())
            continue;
        (*row)->runAction();
        return true;
    }
    return false;
}

} // namespace meseta::console
