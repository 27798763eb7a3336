#include "tests/system/golden/transcript.h"

#include <algorithm>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

namespace meseta::test {

namespace {

/// How long before its call's row an event's row can be and still be that call's event, in seconds.
constexpr double kCallDelay = 0.001;
constexpr double kLongCallDelay =
    0.003; ///< where rows hold only an event's status, and each call waited for its own

/// The first member of this name, searched from the top down.
QJsonValue firstNamed(const QJsonValue &where, const QString &name)
{
    if (where.isObject()) {
        const QJsonObject object = where.toObject();
        if (object.contains(name))
            return object.value(name);
        for (const QJsonValue &member : object) {
            if (const auto found = firstNamed(member, name); !found.isUndefined())
                return found;
        }
    } else if (where.isArray()) {
        for (const QJsonValue &element : where.toArray()) {
            if (const auto found = firstNamed(element, name); !found.isUndefined())
                return found;
        }
    }
    return QJsonValue(QJsonValue::Undefined);
}

/// The member that the recorder meant: in a call of the opposite kind it has the opposite's name,
/// and one volume stands as the only one of a list.
QJsonValue meant(const QJsonValue &where, const QString &name)
{
    static const QHash<QString, QString> opposites{
        {QStringLiteral("destroy"), QStringLiteral("create")},
        {QStringLiteral("unreserve"), QStringLiteral("reserve")},
        {QStringLiteral("destroy_volumes"), QStringLiteral("create_volumes")},
        {QStringLiteral("unreserve_resources"), QStringLiteral("reserve_resources")}};
    if (name == QLatin1String("volume")) {
        if (const auto list = firstNamed(where, QStringLiteral("volumes")); list.isArray())
            return list.toArray().first();
    }
    const QJsonValue found = firstNamed(where, name);
    return found.isUndefined() && opposites.contains(name)
        ? firstNamed(where, opposites.value(name))
        : found;
}

class References
{
public:
    explicit References(const std::vector<Row> &rows) : m_rows(rows) { }

    QJsonValue resolve(const QString &name, const QJsonValue &value, bool inList = false) const
    {
        if (value.isObject()) {
            QJsonObject object = value.toObject();
            for (auto member = object.begin(); member != object.end(); ++member)
                member.value() = resolve(member.key(), member.value());
            return object;
        }
        if (value.isArray()) {
            QJsonArray array;
            for (const QJsonValue &element : value.toArray())
                array.append(resolve(name, element, true));
            return array;
        }
        const QString text = value.toString();
        if (!text.startsWith(QLatin1String("=@")))
            return value;
        return target(name, text.mid(2), inList);
    }

private:
    QJsonValue target(const QString &name, const QString &time, bool inList) const
    {
        bool isTime = false;
        const double seconds = time.toDouble(&isTime);
        for (const Row &row : m_rows) {
            const bool wanted =
                isTime ? qAbs(row.time - seconds) < 1e-9 : row.text("request") == time;
            if (!wanted)
                continue;
            const auto found = meant(row.json, name);
            if (inList && found.isArray())
                return QStringLiteral("(shortened)");
            if (!found.isUndefined() && !found.toString().startsWith(QLatin1String("=@")))
                return resolve(name, found);
        }
        return QStringLiteral("(shortened)");
    }

    const std::vector<Row> &m_rows;
};

bool isEvent(const Row &row)
{
    return row.has("event") || row.has("update") || row.has("raw_chunk") || row.has("closed");
}

/// Whether the call names an offer that this event brought.
bool needs(const Row &call, const Row &event)
{
    const auto text = QString::fromUtf8(QJsonDocument(call.json).toJson(QJsonDocument::Compact));
    const auto offers = event.value("event")
                            .toObject()
                            .value(QLatin1String("offers"))
                            .toObject()
                            .value(QLatin1String("offers"))
                            .toArray();
    return std::any_of(offers.begin(), offers.end(), [&](const QJsonValue &offer) {
        const QString id = offer.toObject()
                               .value(QLatin1String("id"))
                               .toObject()
                               .value(QLatin1String("value"))
                               .toString();
        return text.contains(QLatin1Char('"') + id + QLatin1Char('"'));
    });
}

} // namespace

Result<Transcript> Transcript::load(const QString &name)
{
    const QString path = qEnvironmentVariable("MESETA_SOURCE_DIR")
        + QStringLiteral("/tests/golden/") + name + QStringLiteral(".jsonl");
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail("cannot read " + path.toStdString() + ": " + file.errorString().toStdString());
    Transcript transcript;
    transcript.name = name;
    for (int line = 1; !file.atEnd(); ++line) {
        const auto document = QJsonDocument::fromJson(file.readLine());
        if (!document.isObject())
            return fail(path.toStdString() + ":" + std::to_string(line) + " is not a JSON object");
        transcript.rows.push_back(
            {line, document.object().value(QLatin1String("t")).toDouble(), document.object()});
    }
    const std::vector<Row> original = transcript.rows;
    const References references(original);
    for (Row &row : transcript.rows)
        row.json = references.resolve({}, row.json).toObject();
    return transcript;
}

void Transcript::moveCallsBeforeTheirEvents()
{
    for (size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].has("call") || rows[i].has("request_head"))
            continue;
        size_t to = i;
        while (to > 0 && isEvent(rows[to - 1])
               && rows[i].time - rows[to - 1].time
                   < (rows[to - 1].has("update") ? kLongCallDelay : kCallDelay)
               && !needs(rows[i], rows[to - 1]))
            --to;
        std::rotate(rows.begin() + long(to), rows.begin() + long(i), rows.begin() + long(i) + 1);
    }
}

} // namespace meseta::test
