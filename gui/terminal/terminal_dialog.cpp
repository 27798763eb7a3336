#include "gui/terminal/terminal_dialog.h"

#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/terminal/terminal_view.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

TerminalDialog::TerminalDialog(const ContainerSession::Target &target, const QString &task,
                               const QString &host, QWidget *parent)
    : QDialog(parent)
    , m_task(task)
    , m_host(host)
    , m_screen(24, 80)
    , m_session(target)
    , m_view(new TerminalView(m_screen))
    , m_state(new QLabel)
    , m_hint(new QLabel)
    , m_commandTitle(new QLabel)
    , m_command(new QLineEdit(QStringLiteral("sh")))
    , m_again(new QPushButton)
    , m_close(new QPushButton)
{
    setWindowFlag(Qt::WindowMinMaxButtonsHint);
    for (QLabel *label : {m_state, m_hint, m_commandTitle})
        label->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    m_hint->setWordWrap(true);
    m_hint->setFont(Theme::smallFont());
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_commandTitle->setBuddy(m_command);
    m_command->setObjectName(QStringLiteral("command"));
    m_command->setMaxLength(4096);
    m_again->setObjectName(QStringLiteral("again"));
    m_close->setAutoDefault(false);
    auto *row = new QHBoxLayout;
    row->addWidget(m_commandTitle);
    row->addWidget(m_command, 1);
    row->addWidget(m_again);
    row->addWidget(m_close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Medium, Theme::Medium, Theme::Medium, Theme::Medium);
    column->setSpacing(Theme::Small);
    column->addWidget(m_state);
    column->addWidget(m_view, 1);
    column->addWidget(m_hint);
    column->addLayout(row);
    resize(820, 520);

    connect(m_again, &QPushButton::clicked, this, &TerminalDialog::start);
    connect(m_close, &QPushButton::clicked, this, &QDialog::close);
    connect(m_view, &TerminalView::sizeChanged, this, [this](int rows, int columns) {
        m_session.resize({rows, columns});
    });
    connect(m_view, &TerminalView::leaveWanted, m_command, qOverload<>(&QWidget::setFocus));
    connect(&m_screen, &TerminalScreen::toProgram, &m_session, &ContainerSession::send);
    connect(&m_session, &ContainerSession::output, &m_screen, &TerminalScreen::write);
    connect(&m_session, &ContainerSession::opened, this, [this] {
        m_view->setLive(true);
        say(tr("A shell in the container of %1 on %2. It ends when this window is closed.")
                .arg(m_task, m_host));
    });
    connect(&m_session, &ContainerSession::ended, this, [this](const QString &problem) {
        m_view->setLive(false);
        m_again->setEnabled(true);
        say(problem.isEmpty() ? tr("The shell has ended.")
                              : tr("There is no shell: %1.").arg(problem));
    });
    translate();
    say({});
}

TerminalDialog::~TerminalDialog()
{
    m_session.disconnect(this);
}

void TerminalDialog::open()
{
    show();
    m_view->setFocus();
    start();
}

void TerminalDialog::start()
{
    m_again->setEnabled(false);
    say(tr("A shell is being opened…"));
    const QString command = m_command->text().trimmed();
    m_session.open(command.isEmpty() ? QStringLiteral("sh") : command,
                   {m_screen.rows(), m_screen.columns()});
    m_view->setFocus();
}

void TerminalDialog::say(const QString &text)
{
    m_state->setText(text);
    m_state->setVisible(!text.isEmpty());
}

QString TerminalDialog::stateText() const
{
    return m_state->text();
}

/// Escape is the program's as long as there is one; it never closes the window by accident.
void TerminalDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_session.isOpen())
        return event->accept();
    QDialog::keyPressEvent(event);
}

void TerminalDialog::translate()
{
    setWindowTitle(tr("Terminal: %1").arg(m_task));
    m_view->setAccessibleName(tr("Terminal in the container of %1").arg(m_task));
    m_view->setAccessibleDescription(tr("Ctrl+Shift+F6 leaves it."));
    m_hint->setText(tr("Ctrl+Shift+C copies, Ctrl+Shift+V pastes, Shift+Page Up scrolls, "
                       "Ctrl+Shift+F6 leaves the terminal."));
    m_commandTitle->setText(tr("C&ommand"));
    m_again->setText(tr("Open &again"));
    m_close->setText(tr("&Close"));
}

void TerminalDialog::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QDialog::changeEvent(event);
}

} // namespace meseta::console
