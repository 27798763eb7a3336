#pragma once

#include <QDialog>

#include "gui/terminal/container_session.h"
#include "gui/terminal/terminal_screen.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace meseta::console {

class TerminalView;

/// A window with a shell in the container of a task, beside the console's own.
class TerminalDialog : public QDialog
{
    Q_OBJECT
public:
    /// `task` and `host` are for its title.
    TerminalDialog(const ContainerSession::Target &target, const QString &task, const QString &host,
                   QWidget *parent = nullptr);
    ~TerminalDialog() override;

    void open(); ///< shows it and opens the shell
    TerminalView &view() { return *m_view; }
    TerminalScreen &screen() { return m_screen; }
    QString stateText() const;
    bool isLive() const { return m_session.isOpen(); }

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void start();
    void say(const QString &text);
    void translate();

    QString m_task;
    QString m_host;
    TerminalScreen m_screen;
    ContainerSession m_session;
    TerminalView *m_view;
    QLabel *m_state;
    QLabel *m_hint;
    QLabel *m_commandTitle;
    QLineEdit *m_command;
    QPushButton *m_again;
    QPushButton *m_close;
};

} // namespace meseta::console
