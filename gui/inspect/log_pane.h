#pragma once

#include <QWidget>

#include "gui/inspect/log_source.h"
#include "gui/model/replica.h"

class QComboBox;
class QHBoxLayout;
class QLineEdit;
class QToolButton;

namespace meseta::console {

class ElidedLabel;
class LogView;

/// The output of one task: a file of its sandbox, followed, searched, or any other file of it.
class LogPane : public QWidget
{
    Q_OBJECT
public:
    explicit LogPane(const Replica &replica, QWidget *parent = nullptr);

    void showTask(const QString &taskKey); ///< empty: nothing
    QString taskKey() const { return m_taskKey; }
    void setFile(const QString &name); ///< in the sandbox: "stdout", "logs/app.log"
    QString file() const;
    LogView &view() { return *m_view; }
    LogSource &source() { return m_source; }
    void focusSearch();
    void setPinned(bool pinned); ///< shows the button that closes it, not the one that pins

Q_SIGNALS:
    void pinWanted(); ///< this task and file beside the one that follows the selection
    void closeWanted();

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void reopen();
    void search(bool forward);
    void browse();
    void translate();
    void wireSource();
    void tellSearch(const QString &text);
    void showState();
    void arrange(bool narrow); ///< narrow: the title on a line of its own

    const Replica &m_replica;
    LogSource m_source;
    QString m_taskKey;
    QString m_opened; // what the source has open
    QString m_problem; // why the file cannot be read at the moment
    QString m_searchNote; // how the last search went
    bool m_narrow = false;
    bool m_searchForward = true; // the search that was asked for last
    QHBoxLayout *m_head; ///< above the bar
    QHBoxLayout *m_bar;
    ElidedLabel *m_title;
    ElidedLabel *m_state;
    QComboBox *m_file;
    QLineEdit *m_search;
    QToolButton *m_previous;
    QToolButton *m_next;
    QToolButton *m_follow;
    QToolButton *m_browse;
    QToolButton *m_pin;
    QToolButton *m_close;
    LogView *m_view;
};

} // namespace meseta::console
