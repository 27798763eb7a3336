#include "gui/inspect/log_pane.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/inspect/log_view.h"
#include "gui/inspect/sandbox_dialog.h"
#include "gui/model/formats.h"
#include "gui/widgets/elided_label.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/tab_order.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int lettersBeside = 30; // of whose output it is and how it is, on one line with the rest

} // namespace

LogPane::LogPane(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_head(new QHBoxLayout)
    , m_bar(new QHBoxLayout)
    , m_title(new ElidedLabel(this))
    , m_state(new ElidedLabel(this))
    , m_file(new QComboBox(this))
    , m_search(new QLineEdit(this))
    , m_previous(new QToolButton(this))
    , m_next(new QToolButton(this))
    , m_follow(new QToolButton(this))
    , m_browse(new QToolButton(this))
    , m_pin(new QToolButton(this))
    , m_close(new QToolButton(this))
    , m_view(new LogView(m_source, this))
{
    m_title->setFont(Theme::headingFont());
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_file->addItems({QStringLiteral("stdout"), QStringLiteral("stderr")});
    m_file->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_search->setMinimumWidth(
        fontMetrics().horizontalAdvance(QStringLiteral("00000000"))); // several stand side by side
    m_search->setClearButtonEnabled(true);
    const std::pair<QToolButton *, const char *> pictures[] = {
        {m_previous, "up"},   {m_next, "down"},  {m_follow, "follow"},
        {m_browse, "folder"}, {m_pin, "beside"}, {m_close, "close"},
    };
    for (const auto &[button, name] : pictures)
        button->setIcon(icon(QString::fromLatin1(name)));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_close->hide();

    m_bar->setContentsMargins(Theme::Large, Theme::Tight, Theme::Small, Theme::Tight);
    m_bar->setSpacing(Theme::Tight);
    m_bar->addSpacing(Theme::Small);
    m_bar->addWidget(m_file);
    m_bar->addWidget(m_browse);
    m_bar->addSpacing(Theme::Small);
    m_bar->addWidget(m_search);
    for (QToolButton *button : {m_previous, m_next, m_follow, m_pin, m_close})
        m_bar->addWidget(button);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(m_head);
    column->addLayout(m_bar);
    arrange(false);
    column->addWidget(m_view, 1);
    orderTabs({m_file, m_browse, m_search, m_previous, m_next, m_follow, m_pin, m_close, m_view});

    connect(m_file, &QComboBox::currentIndexChanged, this, &LogPane::reopen);
    connect(m_browse, &QToolButton::clicked, this, &LogPane::browse);
    connect(m_pin, &QToolButton::clicked, this, &LogPane::pinWanted);
    connect(m_close, &QToolButton::clicked, this, &LogPane::closeWanted);
    connect(m_follow, &QToolButton::toggled, m_view, &LogView::setFollowed);
    connect(m_view, &LogView::followedChanged, m_follow, &QToolButton::setChecked);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { search(true); });
    connect(m_next, &QToolButton::clicked, this, [this] { search(true); });
    connect(m_previous, &QToolButton::clicked, this, [this] { search(false); });
    wireSource();
    connect(&replica, &Replica::flushed, this, [this] {
        if (!m_taskKey.isEmpty() && m_opened.isEmpty())
            reopen(); // its agent may be known by now
    });
    translate();
}

void LogPane::wireSource()
{
    connect(m_search, &QLineEdit::textEdited, this, [this] { tellSearch({}); });
    connect(&m_source, &LogSource::problem, this, [this](const QString &problem) {
        m_problem = problem;
        showState();
    });
    connect(&m_source, &LogSource::changed, this, &LogPane::showState);
    connect(&m_source, &LogSource::found, this, [this](qint64 offset, bool wrapped) {
        m_view->showMatch(offset, m_search->text().toUtf8().size());
        tellSearch(!wrapped              ? tr("Found")
                       : m_searchForward ? tr("Found, wrapped to the top")
                                         : tr("Found, wrapped to the bottom"));
    });
    connect(&m_source, &LogSource::notFound, this, [this] { tellSearch(tr("Not found")); });
    connect(&m_source, &LogSource::searched, this, [this](qint64 offset) {
        tellSearch(tr("Searching at %1 of %2…")
                       .arg(bytesText(static_cast<double>(offset)),
                            bytesText(static_cast<double>(m_source.fileSize()))));
    });
}

void LogPane::tellSearch(const QString &text)
{
    m_searchNote = text;
    showState();
}

/// What is wrong, else how the search went until there is another, else how large the file is.
void LogPane::showState()
{
    const qint64 size = m_source.fileSize();
    m_state->setText(!m_problem.isEmpty()          ? m_problem
                         : !m_searchNote.isEmpty() ? m_searchNote
                         : size > 0                ? bytesText(static_cast<double>(size))
                                                   : QString());
}

void LogPane::arrange(bool narrow)
{
    m_narrow = narrow;
    if (narrow) {
        m_head->addWidget(m_title, 1);
        m_head->addWidget(m_state);
    } else {
        m_bar->insertWidget(0, m_title, 1);
        m_bar->insertWidget(1, m_state);
    }
    m_head->setContentsMargins(Theme::Large, narrow ? Theme::Tight : 0, Theme::Medium, 0);
    m_bar->setContentsMargins(narrow ? Theme::Small : Theme::Large, Theme::Tight, Theme::Small,
                              Theme::Tight);
    m_search->setMaximumWidth(narrow ? QWIDGETSIZE_MAX : fontMetrics().height() * 11);
    m_search->setClearButtonEnabled(!narrow); // its room is for what is looked for
}

void LogPane::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    int controls = 0;
    for (const QWidget *control : std::initializer_list<const QWidget *>{
             m_file, m_browse, m_search, m_previous, m_next, m_follow, m_pin})
        controls += control->sizeHint().width() + Theme::Tight;
    const bool narrow = width() < controls + fontMetrics().averageCharWidth() * lettersBeside;
    if (narrow != m_narrow)
        arrange(narrow);
}

void LogPane::translate()
{
    const auto name = [](QToolButton *button, const QString &text) {
        button->setToolTip(text);
        button->setAccessibleName(text);
    };
    m_file->setAccessibleName(tr("File"));
    m_search->setPlaceholderText(tr("Search"));
    m_search->setAccessibleName(tr("Search the file"));
    name(m_previous, tr("Search backward (Shift+F3)"));
    name(m_next, tr("Search forward (F3)"));
    name(m_follow, tr("Follow the end of the file"));
    name(m_browse, tr("All files of the sandbox"));
    name(m_pin, tr("Keep this output beside the one that follows the selection"));
    name(m_close, tr("Close"));
    m_view->setAccessibleName(tr("Output of the task"));
    m_opened.clear();
    reopen();
}

QString LogPane::file() const
{
    return m_file->currentText();
}

void LogPane::setFile(const QString &name)
{
    if (m_file->findText(name) < 0)
        m_file->addItem(name);
    m_file->setCurrentText(name);
}

void LogPane::setPinned(bool pinned)
{
    m_pin->setVisible(!pinned);
    m_close->setVisible(pinned);
}

void LogPane::showTask(const QString &taskKey)
{
    if (taskKey == m_taskKey)
        return;
    m_taskKey = taskKey;
    const QSignalBlocker quiet(m_file);
    while (m_file->count() > 2)
        m_file->removeItem(2); // other files were of the other sandbox
    reopen();
}

void LogPane::reopen()
{
    const TaskRow *task = m_replica.tasks().find(m_taskKey);
    const AgentRow *agent = task ? m_replica.agents().find(task->agentId) : nullptr;
    m_title->setText(task ? tr("Output of %1").arg(task->name) : tr("Output"));
    m_view->setPlaceholder(!task       ? tr("Select a task to read its output.")
                               : agent ? tr("Nothing was written yet.")
                                       : tr("Its agent is not connected."));
    m_browse->setEnabled(agent != nullptr);
    const QString wanted = agent ? m_taskKey + QLatin1Char('\n') + file() : QString();
    if (wanted == m_opened && !wanted.isEmpty())
        return;
    m_opened = wanted;
    m_problem.clear();
    m_source.close();
    tellSearch({});
    if (agent)
        m_source.open(agent->address,
                      FileReader::sandboxPath(task->frameworkId, task->executorId, file()));
}

void LogPane::search(bool forward)
{
    const QString text = m_search->text();
    if (text.isEmpty())
        return;
    const qint64 last = m_view->matchOffset();
    const qint64 from = last < 0 ? (forward ? m_view->topOffset() : m_source.fileSize())
        : forward                ? last + 1
                                 : last;
    m_searchForward = forward;
    m_source.search(text, from, forward);
}

void LogPane::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void LogPane::browse()
{
    const TaskRow *task = m_replica.tasks().find(m_taskKey);
    const AgentRow *agent = task ? m_replica.agents().find(task->agentId) : nullptr;
    if (!agent)
        return;
    auto *dialog = new SandboxDialog(agent->address,
                                     FileReader::sandboxPath(task->frameworkId, task->executorId),
                                     task->name, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SandboxDialog::fileChosen, this, &LogPane::setFile);
    dialog->open();
}

void LogPane::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F3)
        return search(!(event->modifiers() & Qt::ShiftModifier));
    if (event->key() == Qt::Key_Escape && m_source.isSearching()) {
        m_source.stopSearch();
        return tellSearch({});
    }
    QWidget::keyPressEvent(event);
}

void LogPane::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
