#pragma once

#include <QWidget>

#include "gui/inspect/log_tail.h"
#include "gui/model/replica.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPlainTextEdit;

namespace meseta::console {

/// The output of one task, followed: stdout or stderr of its sandbox. Holds the last lines only.
class LogPanel : public QWidget
{
    Q_OBJECT
public:
    explicit LogPanel(const Replica &replica, QWidget *parent = nullptr);

    void showTask(const QString &taskKey); ///< empty: nothing
    QString taskKey() const { return m_taskKey; }
    QString shownText() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void reopen();
    void append(const QString &text);
    void translate();

    const Replica &m_replica;
    LogTail m_tail;
    QString m_taskKey;
    QString m_opened; ///< what the tail has open
    QLabel *m_title;
    QLabel *m_problem;
    QComboBox *m_file;
    QCheckBox *m_follow;
    QPlainTextEdit *m_text;
};

} // namespace meseta::console
