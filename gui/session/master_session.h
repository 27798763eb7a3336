#pragma once

#include <QNetworkAccessManager>
#include <QObject>
#include <QTimer>

#include "gui/session/event_decoder.h"
#include "gui/session/event_stream.h"
#include "gui/session/master_address.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::console {

class LeaderFinder;

/// The console's connection to one cluster: opens the event stream of the master, follows redirects
/// to the leader, opens it again when it breaks. The replica listens to it; nothing else does. What
/// came is told in order and a few milliseconds at a time, so that no flood stops the window.
///
/// It asks for our own stream (POST /meseta/v1, with offers and agent changes) and, where the
/// master has none, for the Mesos operator stream (POST /api/v1, SUBSCRIBE), beside which the state
/// is polled.
class MasterSession : public QObject
{
    Q_OBJECT
public:
    enum class State {
        Idle, ///< not asked to connect
        Connecting, ///< first try under way
        Live, ///< events arrive
        Waiting, ///< lost; the next try is `nextTry` away, what is shown is old
    };
    Q_ENUM(State)

    explicit MasterSession(QObject *parent = nullptr);
    ~MasterSession() override;

    void connectTo(const MasterAddress &address);
    void disconnectFromMaster();
    void retryNow();
    void refresh(); ///< asks for the whole state anew; what is shown stays until it comes

    State state() const { return m_state; }
    /// The master whose stream is open: the leader, after redirects.
    MasterAddress address() const { return m_address; }
    /// How the leader is found; null when the master was named by its address.
    const LeaderFinder *finder() const { return m_finder.get(); }
    QString problem() const { return m_problem; } ///< why it is Waiting, for a person
    int millisecondsToNextTry() const;
    bool isStock() const { return m_stock; } ///< a master without our additions

    /// One operator call; `done` gets the answer's body, or an error for a person.
    void call(const mesos::v1::master::Call &call,
              std::function<void(Result<mesos::v1::master::Response>)> done);
    void call(const ::meseta::v1::Call &call,
              std::function<void(Result<::meseta::v1::Response>)> done);

Q_SIGNALS:
    void stateChanged();
    /// What the master told: the first after each connection is a snapshot. The listener may take
    /// what is in it.
    void told(meseta::console::Told &told);

private:
    void open();
    void openStock();
    void followLeader();
    void take(std::string &record);
    void drain();
    void handle(Told &told);
    void lost(const QString &problem);
    void setState(State state);
    void poll();
    void post(const QString &path, const std::string &body,
              std::function<void(Result<QByteArray>)> done);

    QNetworkAccessManager
        m_streamNetwork; // apart from the calls: a manager opens six connections per host at most
    QNetworkAccessManager m_callNetwork;
    EventStream m_stream;
    EventDecoder m_decoder;
    std::deque<Told> m_told; // taken from the decoder, to be told
    int m_streamNumber = 0;
    Turn m_drain;
    QTimer m_retry;
    QTimer m_poll;
    std::unique_ptr<LeaderFinder> m_finder;
    MasterAddress m_given; // what the person asked for
    MasterAddress m_address; // where redirects led
    State m_state = State::Idle;
    QString m_problem;
    int m_failures = 0;
    int m_redirects = 0;
    bool m_stock = false;
};

} // namespace meseta::console
