#pragma once

#include <memory>

#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>

#include "common/codec/record_io.h"
#include "gui/model/turn.h"

class QNetworkReply;

namespace meseta::console {

/// One RecordIO answer to a POST, read as it comes. Bounded: a record over `maxRecordBytes`, and a
/// silence over `silence`, end it. Says nothing of what the records mean.
class EventStream : public QObject
{
    Q_OBJECT
public:
    struct Options
    {
        qint64 maxRecordBytes = 256LL * 1024 * 1024;
        std::chrono::milliseconds silence{45000}; ///< three heartbeats of a master
    };

    EventStream(QNetworkAccessManager &network, Options options, QObject *parent = nullptr);
    ~EventStream() override;

    /// Opens the stream; one that is open is closed first, silently.
    void open(const QUrl &url, const QByteArray &body,
              const QList<std::pair<QByteArray, QByteArray>> &headers = {});
    void close();
    bool isOpen() const { return m_reply != nullptr; }

    /// Nothing is read while it is set; the sender waits when the buffers between are full.
    void setPaused(bool paused);

Q_SIGNALS:
    void opened(const QByteArray &streamId); ///< 200; the Mesos-Stream-Id header, if any
    void record(std::string &bytes); ///< the listener may take them
    void redirected(const QUrl &to); ///< 307: another master leads
    void refused(int status, const QString &text); ///< any other answer
    void ended(const QString &reason); ///< broken, silent or finished

private:
    void readHead();
    void readSome();
    void finish();
    void end(const QString &reason);

    QNetworkAccessManager &m_network;
    Options m_options;
    QNetworkReply *m_reply = nullptr;
    codec::RecordDecoder m_decoder;
    Turn m_next; // a further slice
    bool m_accepted = false;
    bool m_paused = false;
    bool m_finished = false; // the answer is whole, but not all of it is read
};

} // namespace meseta::console
