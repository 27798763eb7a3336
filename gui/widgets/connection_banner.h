#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/model/snapshot_reader.h"
#include "gui/session/master_session.h"

class QLabel;
class QPushButton;

namespace meseta::console {

/// While the connection is lost: says why, how old what is shown is, and counts down to the next
/// try. While the cluster is larger than the console holds: says what is left out. Hidden
/// otherwise.
class ConnectionBanner : public QWidget
{
    Q_OBJECT
public:
    explicit ConnectionBanner(MasterSession &session, QWidget *parent = nullptr);

    void setLeftOut(const LeftOut &leftOut);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    QString lostText();
    QString leftOutText() const;

    MasterSession &m_session;
    QTimer m_tick;
    qint64 m_lostAt = 0;
    bool m_wasLive = false; ///< once at least
    LeftOut m_leftOut;
    QLabel *m_text;
    QPushButton *m_retry;
};

} // namespace meseta::console
