#pragma once

#include <QWidget>

#include "gui/session/master_address.h"

class QButtonGroup;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace meseta::console {

/// What the console shows before it is connected: the language, a cluster on this machine in one
/// click, an address to connect to, and the clusters of before.
class WelcomePage : public QWidget
{
    Q_OBJECT
public:
    explicit WelcomePage(QWidget *parent = nullptr);

    void showRecent(); ///< the clusters in the settings
    void
    setLocalProblem(const QString &whyNot); ///< why no cluster can be started here; "" if it can
    void setBusy(const QString &doing); ///< "" when nothing is under way
    void setProblem(const QString &text);

Q_SIGNALS:
    void connectWanted(const QString &address);
    void localClusterWanted();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void translate();
    void connectToTyped();

    QLabel *m_title;
    QLabel *m_subtitle;
    QLabel *m_localTitle;
    QLabel *m_localText;
    QPushButton *m_local;
    QLabel *m_remoteTitle;
    QLabel *m_remoteText;
    QLineEdit *m_address;
    QPushButton *m_connect;
    QLabel *m_problem;
    QLabel *m_recentTitle;
    QVBoxLayout *m_recent;
    QString m_localProblem;
    QString m_busy;
};

} // namespace meseta::console
