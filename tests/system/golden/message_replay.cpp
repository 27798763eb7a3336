#include "tests/system/golden/message_replay.h"

#include <algorithm>

#include <QJsonArray>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "common/codec/message_codec.h"
#include "mesos/internal/messages.pb.h"
#include "mesos/internal/scheduler_driver.pb.h"

namespace meseta::test {

using namespace Qt::StringLiterals;

namespace {

/// "mesos.internal.PingSlaveMessage": recordings leave out that package.
QString fullName(const Row &row)
{
    const QString name = row.text("message");
    return name.contains(u'.') ? name : u"mesos.internal."_s + name;
}

std::unique_ptr<google::protobuf::Message> newMessage(const QString &name)
{
    (void)mesos::scheduler::Call::descriptor(); // so that its file is known
    const auto *pool = mesos::internal::RegisterSlaveMessage::descriptor()->file()->pool();
    const auto *type = pool->FindMessageTypeByName(name.toStdString());
    return std::unique_ptr<google::protobuf::Message>(
        type ? google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New()
             : nullptr);
}

/// Agents were called slaves in the messages that the recordings spell out; inside v1 types they
/// are agents here, on the wire both are the same field.
QJsonValue renamed(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray array;
        for (const QJsonValue &element : value.toArray())
            array.append(renamed(element));
        return array;
    }
    if (value.isString()) {
        QString text = value.toString();
        text.replace("REASON_SLAVE_"_L1, "REASON_AGENT_"_L1);
        return text.replace("SOURCE_SLAVE"_L1, "SOURCE_AGENT"_L1);
    }
    if (!value.isObject())
        return value;
    QJsonObject object;
    const QJsonObject from = value.toObject();
    for (auto member = from.begin(); member != from.end(); ++member)
        object.insert(member.key() == u"slave_id"_s ? u"agent_id"_s : member.key(),
                      renamed(member.value()));
    return object;
}

/// The value with the names that this type gives its fields, and without what the recorder left
/// out.
QJsonValue fitted(const QJsonValue &value, const google::protobuf::Descriptor &type)
{
    if (value.isArray()) {
        QJsonArray array;
        for (const QJsonValue &element : value.toArray())
            array.append(fitted(element, type));
        return array;
    }
    if (!value.isObject())
        return value;
    QJsonObject object;
    const QJsonObject from = value.toObject();
    for (auto member = from.begin(); member != from.end(); ++member) {
        QString name = member.key();
        if (name == u"slave_id"_s && !type.FindFieldByName("slave_id"))
            name = u"agent_id"_s;
        const auto *field = type.FindFieldByName(name.toStdString());
        if (member.value().toString() == u"(shortened)"_s)
            continue;
        object.insert(name,
                      field && field->message_type()
                          ? fitted(member.value(), *field->message_type())
                          : renamed(member.value()));
    }
    return object;
}

/// The recorded JSON as the bytes of the message.
QByteArray encoded(const QString &name, const QJsonObject &body)
{
    const auto message = newMessage(name);
    if (!message)
        return {};
    const QByteArray text = QJsonDocument(fitted(body, *message->GetDescriptor()).toObject())
                                .toJson(QJsonDocument::Compact);
    if (const auto done = codec::decode(std::string_view(text.constData(), size_t(text.size())),
                                        codec::MediaType::Json, *message);
        !done)
        qWarning("%s: %s", qPrintable(name), done.error().message.c_str());
    return QByteArray::fromStdString(message->SerializeAsString());
}

QJsonObject decoded(const QString &name, const QByteArray &body)
{
    const auto message = newMessage(name);
    if (!message || !message->ParseFromArray(body.constData(), int(body.size())))
        return {};
    return QJsonDocument::fromJson(
               QByteArray::fromStdString(codec::encode(*message, codec::MediaType::Json)))
        .object();
}

/// JSON shows the defaults of fields that are not in the message. That they are not is seen by the
/// length.
bool isUnsetDefault(const QString &difference)
{
    return difference.endsWith(": not recorded, ours 0"_L1)
        || difference.endsWith(".protocol: not recorded, ours \"IPv4\""_L1)
        || difference.endsWith(".command.shell: not recorded, ours true"_L1)
        || difference.endsWith(": not recorded, ours false"_L1);
}

/// Request line and headers as recorded, or as the recordings say all were that do not show them.
QStringList headOf(const Row &row, const Likeness &likeness)
{
    const QString to = row.text("to");
    const QString from = row.text("from");
    QStringList head{u"POST /%1/%2 HTTP/1.1"_s.arg(to.section(u'@', 0, 0), fullName(row)),
                     u"User-Agent: libprocess/"_s + from, u"Libprocess-From: "_s + from,
                     u"Connection: Keep-Alive"_s, u"Host: "_s + to.section(u'@', 1)};
    if (row.value("body_length").toInt() > 0)
        head += u"Transfer-Encoding: chunked"_s;
    for (QString &line : head)
        line = likeness.translate(line);
    return head;
}

/// How long the sentence of a status is: it is ours to choose.
int wordingLength(const QJsonValue &message)
{
    return int(message[u"update"][u"status"][u"message"].toString().toUtf8().size());
}

} // namespace

Recording::Recording(const QString &name)
{
    auto loaded = Transcript::load(u"daemon-messages/"_s + name);
    if (!loaded)
        return;
    QJsonObject names{{u"master"_s, u"master@127.0.0.1:15050"_s},
                      {u"agent"_s, u"slave(1)@127.0.0.1:15051"_s}};
    for (Row &row : loaded->rows) {
        const QJsonObject more = row.value("names").toObject();
        for (auto pid = more.begin(); pid != more.end(); ++pid)
            names.insert(pid.key(), pid.value());
        for (const auto end : {"from"_L1, "to"_L1}) {
            if (const QString text = row.json.value(end).toString(); names.contains(text))
                row.json.insert(end, names.value(text));
        }
    }
    m_rows = std::move(loaded->rows);
}

Row Recording::row(const QString &name, int nth) const
{
    for (const Row &row : m_rows) {
        const bool message = !row.has("kind") || row.text("kind") == u"libprocess"_s;
        if (message && row.text("message").section(u'.', -1) == name && nth-- == 0)
            return row;
    }
    return {};
}

QJsonObject Recording::event(const QString &type, int nth) const
{
    for (const Row &row : m_rows) {
        const QJsonObject body = row.value("body").toObject();
        if (row.text("kind") == u"event"_s && body.value("type"_L1).toString() == type
            && nth-- == 0)
            return body;
    }
    return {};
}

QJsonObject Recording::call(const QString &type, int nth) const
{
    for (const Row &row : m_rows) {
        const QJsonObject body = row.value("body").toObject();
        if (row.text("kind") == u"http"_s && body.value("type"_L1).toString() == type && nth-- == 0)
            return body;
    }
    return {};
}

Row replaced(Row row, const QList<std::pair<QByteArray, QByteArray>> &words)
{
    QByteArray text = QJsonDocument(row.json).toJson(QJsonDocument::Compact);
    for (const auto &[from, to] : words)
        text.replace(from, to);
    row.json = QJsonDocument::fromJson(text).object();
    return row;
}

QStringList tell(MessagePeer &peer, const Likeness &likeness, const Row &row, quint16 to)
{
    const QStringList head = headOf(row, likeness);
    const QByteArray body =
        encoded(fullName(row), likeness.translate(row.value("body")).toObject());
    const QStringList answer = peer.send(to, head.first().toLatin1(), head.mid(1), body);
    QStringList recorded{u"HTTP/1.1 202 Accepted"_s, u"Date: "_s, u"Content-Length: 0"_s};
    if (const QString shown = row.text("response"); !shown.isEmpty())
        recorded = shown.section(u"\r\n\r\n"_s, 0, 0).split(u"\r\n"_s);
    QStringList differences = likeness.compareHeads(recorded, answer);
    for (QString &difference : differences)
        difference.prepend(row.text("message") + u": "_s);
    return differences;
}

QStringList expect(MessagePeer &peer, Likeness &likeness, const Row &row, int slack)
{
    const QString name = row.text("message").section(u'.', -1);
    const MessagePeer::Message ours = peer.take(name);
    if (ours.name.isEmpty())
        return {name + u" did not come"_s};
    const QJsonValue told = decoded(fullName(row), ours.body);
    QStringList differences = likeness.compare(name, renamed(row.value("body")), renamed(told));
    differences.erase(std::remove_if(differences.begin(), differences.end(), isUnsetDefault),
                      differences.end());
    const QStringList head = QStringList(QString::fromLatin1(ours.requestLine)) + ours.headers;
    if (const QStringList recorded = headOf(row, likeness); head != recorded)
        differences +=
            u"%1: recorded head %2, ours %3"_s.arg(name, recorded.join(u'|'), head.join(u'|'));
    const int recordedLength = row.value("body_length").toInt();
    if (ours.chunks != (recordedLength > 0 ? 1 : 0))
        differences += u"%1 came in %2 chunks"_s.arg(name).arg(ours.chunks);
    const int wording = wordingLength(told) - wordingLength(row.value("body"));
    if (qAbs(ours.body.size() - wording - recordedLength) > slack)
        differences +=
            u"%1 has %2 bytes, recorded %3"_s.arg(name).arg(ours.body.size()).arg(recordedLength);
    return differences;
}

} // namespace meseta::test
