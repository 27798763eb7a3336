#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/session/master_session.h"

class QLabel;
class QPushButton;

namespace meseta::console {

/// While the connection is lost: says why, how old what is shown is, and counts down to the next
/// try. Hidden otherwise.
class ConnectionBanner : public QWidget
{
    Q_OBJECT
public:
    explicit ConnectionBanner(MasterSession &session, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();

    MasterSession &m_session;
    QTimer m_tick;
    qint64 m_lostAt = 0;
    QLabel *m_text;
    QPushButton *m_retry;
};

} // namespace meseta::console
