#include "gui/inspect/log_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QVBoxLayout>

namespace meseta::console {

namespace {

constexpr int keptLines = 10000;

} // namespace

LogPanel::LogPanel(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_title(new QLabel)
    , m_problem(new QLabel)
    , m_file(new QComboBox)
    , m_follow(new QCheckBox)
    , m_text(new QPlainTextEdit)
{
    m_title->setTextFormat(Qt::PlainText);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setForegroundRole(QPalette::PlaceholderText);
    m_file->addItems({QStringLiteral("stdout"), QStringLiteral("stderr")});
    m_follow->setChecked(true);
    m_text->setReadOnly(true);
    m_text->setMaximumBlockCount(keptLines);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setFrameShape(QFrame::NoFrame);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->addWidget(m_title);
    bar->addWidget(m_problem);
    bar->addStretch();
    bar->addWidget(m_file);
    bar->addWidget(m_follow);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_text, 1);

    connect(&m_tail, &LogTail::text, this, &LogPanel::append);
    connect(&m_tail, &LogTail::cleared, m_text, &QPlainTextEdit::clear);
    connect(&m_tail, &LogTail::problem, m_problem, &QLabel::setText);
    connect(m_file, &QComboBox::currentIndexChanged, this, &LogPanel::reopen);
    connect(&replica, &Replica::flushed, this, [this] {
        if (!m_taskKey.isEmpty() && m_opened.isEmpty())
            reopen(); // its agent may be known by now
    });
    translate();
}

QString LogPanel::shownText() const
{
    return m_text->toPlainText();
}

void LogPanel::translate()
{
    m_file->setAccessibleName(tr("File"));
    m_follow->setText(tr("Follow"));
    m_text->setPlaceholderText(tr("Select a task to read its output."));
    m_text->setAccessibleName(tr("Output of the task"));
    if (m_taskKey.isEmpty())
        m_title->setText(tr("Output"));
}

void LogPanel::showTask(const QString &taskKey)
{
    if (taskKey == m_taskKey)
        return;
    m_taskKey = taskKey;
    reopen();
}

void LogPanel::reopen()
{
    m_tail.close();
    m_opened.clear();
    m_problem->clear();
    m_text->clear();
    const TaskRow *task = m_replica.tasks().find(m_taskKey);
    m_title->setText(task ? tr("Output of %1").arg(task->name) : tr("Output"));
    m_text->setPlaceholderText(task ? tr("Nothing was written yet.") : tr("Select a task to read its output."));
    const AgentRow *agent = task ? m_replica.agents().find(task->agentId) : nullptr;
    if (!agent) {
        if (task)
            m_problem->setText(tr("Its agent is not connected."));
        return;
    }
    m_opened = m_taskKey;
    m_tail.open(agent->address,
                LogTail::sandboxPath(task->frameworkId, task->executorId, m_file->currentText()));
}

void LogPanel::append(const QString &text)
{
    QScrollBar *bar = m_text->verticalScrollBar();
    const int was = bar->value();
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(text);
    bar->setValue(m_follow->isChecked() ? bar->maximum() : was);
}

void LogPanel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
