#include "tests/system/golden/likeness.h"

#include <algorithm>
#include <map>
#include <set>

#include <QJsonArray>
#include <QJsonDocument>

namespace meseta::test {

namespace {

using namespace Qt::StringLiterals;

/// Members whose value is another in every run, or whose wording is ours.
bool isIncidental(const QString &name)
{
    static const std::set<QString> names{u"timestamp"_s,
                                         u"executor_pid"_s,
                                         u"message"_s,
                                         u"version"_s,
                                         u"git_sha"_s,
                                         u"build_date"_s,
                                         u"build_time"_s,
                                         u"build_user"_s,
                                         u"start_time"_s,
                                         u"elected_time"_s,
                                         u"registered_time"_s,
                                         u"reregistered_time"_s,
                                         u"unregistered_time"_s,
                                         u"unreachable_time"_s,
                                         u"mtime"_s,
                                         u"cpus_system_time_secs"_s,
                                         u"cpus_user_time_secs"_s,
                                         u"mem_rss_bytes"_s,
                                         u"mem_free_bytes"_s,
                                         u"mem_total_bytes"_s,
                                         u"avg_load_1min"_s,
                                         u"avg_load_5min"_s,
                                         u"avg_load_15min"_s,
                                         u"cpus_total"_s};
    return names.contains(name);
}

/// What the recordings write for a master, framework, agent, offer or container id.
bool isId(const QString &text)
{
    static const QRegularExpression id(
        u"^(M[0-9]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(-S[0-9]+|-O[0-9]+|-[0-9]{4})?$|^C[0-9]+$"_s);
    return id.match(text).hasMatch();
}

QString lastName(const QString &path)
{
    static const QRegularExpression indices(u"(\\[[^\\]]*\\])+$"_s);
    QString name = path;
    name.remove(indices);
    return name.section(QLatin1Char('.'), -1);
}

QString show(const QJsonValue &value)
{
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact))
            .left(300);
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact))
            .left(300);
    if (value.isString())
        return u"\"%1\""_s.arg(value.toString());
    return value.toVariant().toString();
}

/// Lists whose order says nothing.
bool isUnordered(const QString &name)
{
    return name == u"resources"_s || name == u"total_resources"_s
        || name == u"allocated_resources"_s || name == u"offered_resources"_s
        || name == u"quota_configs"_s;
}

/// What tells the elements of a list apart: "" when nothing does.
QString identity(const QJsonValue &element)
{
    static const QStringList names{u"name"_s, u"task_id"_s, u"id"_s, u"executor_id"_s, u"path"_s};
    QJsonObject object = element.toObject();
    for (const QString &wrapper : {u"agent_info"_s, u"framework_info"_s, u"executor_info"_s}) {
        if (object.contains(wrapper))
            return identity(
                object.value(wrapper).toObject().contains(u"id"_s)
                    ? QJsonObject{{u"id"_s, object.value(wrapper).toObject().value(u"id"_s)}}
                    : object.value(wrapper).toObject());
    }
    for (const QString &name : names) {
        const QJsonValue value = object.value(name);
        if (value.isString())
            return value.toString();
        if (value.toObject().value(u"value"_s).isString())
            return value.toObject().value(u"value"_s).toString();
    }
    return {};
}

QJsonArray sortedByText(const QJsonArray &array)
{
    QList<QJsonValue> values(array.begin(), array.end());
    std::stable_sort(values.begin(), values.end(),
                     [](const QJsonValue &a, const QJsonValue &b) { return show(a) < show(b); });
    QJsonArray sorted;
    for (const QJsonValue &value : values)
        sorted.append(value);
    return sorted;
}

} // namespace

void Likeness::learn(const QString &recorded, const QString &ours)
{
    m_ours.insert(recorded, ours);
}

QString Likeness::translate(const QString &recorded) const
{
    if (const auto whole = m_ours.constFind(recorded); whole != m_ours.cend())
        return *whole;
    QStringList known = m_ours.keys();
    std::sort(known.begin(), known.end(),
              [](const QString &a, const QString &b) { return a.size() > b.size(); });
    QString text = recorded;
    for (const QString &id : known) {
        if (id.size() < 2 || !text.contains(id))
            continue;
        static const QString edge = u"(?![A-Za-z0-9])"_s;
        text.replace(
            QRegularExpression(u"(?<![A-Za-z0-9])"_s + QRegularExpression::escape(id) + edge),
            m_ours.value(id));
    }
    return text;
}

QJsonValue Likeness::translate(const QJsonValue &recorded) const
{
    if (recorded.isObject()) {
        QJsonObject object;
        const QJsonObject from = recorded.toObject();
        for (auto member = from.begin(); member != from.end(); ++member)
            object.insert(translate(member.key()), translate(member.value()));
        return object;
    }
    if (recorded.isArray()) {
        QJsonArray array;
        for (const QJsonValue &element : recorded.toArray())
            array.append(translate(element));
        return array;
    }
    return recorded.isString() ? QJsonValue(translate(recorded.toString())) : recorded;
}

QStringList Likeness::compare(const QString &path, const QJsonValue &recorded,
                              const QJsonValue &ours)
{
    QStringList out;
    compareValues(path, recorded, ours, out);
    return out;
}

void Likeness::compareValues(const QString &path, const QJsonValue &recorded,
                             const QJsonValue &ours, QStringList &out)
{
    const QString name = lastName(path);
    if (recorded.toString() == u"(shortened)"_s || recorded.toString() == u"present"_s)
        return;
    static const QRegularExpression entries(u"^([0-9]+) entries$"_s);
    if (const auto count = entries.match(recorded.toString()); count.hasMatch() && ours.isArray()) {
        if (ours.toArray().size() != count.captured(1).toInt())
            out += u"%1: recorded %2, ours %3"_s.arg(path, recorded.toString())
                       .arg(ours.toArray().size());
        return;
    }
    if (recorded.type() != ours.type()) {
        out += u"%1: recorded %2, ours %3"_s.arg(path, show(recorded), show(ours));
    } else if (recorded.isObject()) {
        if (!isIncidental(name))
            compareObjects(path, recorded.toObject(), ours.toObject(), out);
    } else if (recorded.isArray()) {
        compareArrays(path, recorded.toArray(), ours.toArray(), out);
    } else if (recorded.isString()) {
        compareStrings(path, recorded.toString(), ours.toString(), out);
    } else if (recorded != ours && !isIncidental(name)) {
        if (recorded.isDouble()
            && translate(QString::number(recorded.toDouble())) == QString::number(ours.toDouble()))
            return;
        out += u"%1: recorded %2, ours %3"_s.arg(path, show(recorded), show(ours));
    }
}

void Likeness::compareObjects(const QString &path, const QJsonObject &recorded,
                              const QJsonObject &ours, QStringList &out)
{
    const bool partial = recorded.contains(u"..."_s);
    QStringList seen;
    for (auto member = recorded.begin(); member != recorded.end(); ++member) {
        if (member.key() == u"..."_s)
            continue;
        const QString key = ours.contains(member.key()) ? member.key() : translate(member.key());
        seen += key;
        if (!ours.contains(key))
            out += u"%1.%2: recorded %3, ours has none"_s.arg(path, member.key(),
                                                              show(member.value()));
        else
            compareValues(path + QLatin1Char('.') + member.key(), member.value(), ours.value(key),
                          out);
    }
    for (auto member = ours.begin(); member != ours.end() && !partial; ++member) {
        if (!seen.contains(member.key()))
            out += u"%1.%2: not recorded, ours %3"_s.arg(path, member.key(), show(member.value()));
    }
}

void Likeness::compareArrays(const QString &path, QJsonArray recorded, QJsonArray ours,
                             QStringList &out)
{
    const bool partial = recorded.last().toObject().contains(u"..."_s);
    if (partial)
        recorded.removeLast();
    if (recorded.size() != ours.size() && !partial) {
        out += u"%1: recorded %2 elements, ours %3: %4"_s.arg(path)
                   .arg(recorded.size())
                   .arg(ours.size())
                   .arg(show(ours));
        return;
    }
    std::map<QString, QJsonValue> byIdentity;
    for (const QJsonValue &element : ours)
        byIdentity.emplace(identity(element), element);
    if (!byIdentity.contains({}) && int(byIdentity.size()) == ours.size()
        && std::all_of(recorded.begin(), recorded.end(), [&](const QJsonValue &element) {
               return byIdentity.contains(translate(identity(element)));
           })) {
        for (const QJsonValue &element : recorded)
            compareValues(path + u'[' + identity(element) + u']', element,
                          byIdentity.at(translate(identity(element))), out);
        return;
    }
    if (partial) {
        for (const QJsonValue &element : recorded) {
            if (const auto at = byIdentity.find(translate(identity(element)));
                at != byIdentity.end())
                compareValues(path + u'[' + identity(element) + u']', element, at->second, out);
            else
                out += u"%1[%2]: recorded, ours has none"_s.arg(path, identity(element));
        }
        return;
    }
    const QJsonValue leftOut(u"(shortened)"_s);
    if (isUnordered(lastName(path)) && recorded.contains(leftOut)) {
        for (const QJsonValue &element : recorded) {
            const bool found = std::any_of(ours.begin(), ours.end(), [&](const QJsonValue &one) {
                return Likeness(*this).compare(path, element, one).isEmpty();
            });
            if (!found)
                out += u"%1: recorded %2, ours %3"_s.arg(path, show(element), show(ours));
        }
        return;
    }
    if (isUnordered(lastName(path))) {
        recorded = sortedByText(recorded);
        ours = sortedByText(ours);
    }
    for (int i = 0; i < recorded.size(); ++i)
        compareValues(u"%1[%2]"_s.arg(path).arg(i), recorded.at(i), ours.at(i), out);
}

void Likeness::compareStrings(const QString &path, const QString &recorded, const QString &ours,
                              QStringList &out)
{
    const QString name = lastName(path);
    if (isIncidental(name) || recorded == ours) {
        if (name == u"message"_s && ours.isEmpty() && !recorded.isEmpty())
            out += path + u": is empty"_s;
        return;
    }
    const bool unknownId =
        (name.endsWith(u"uuid"_s) || path.endsWith(u"uuid.value"_s) || isId(recorded))
        && !m_ours.contains(recorded);
    if (unknownId) {
        learn(recorded, ours);
        return;
    }
    if (translate(recorded) == ours)
        return;
    if (recorded.contains(u'<')
        && !recorded.contains(u"<="_s)) // a path or a fact of the recorder's machine
        return;
    out += u"%1: recorded \"%2\", ours \"%3\""_s.arg(path, translate(recorded), ours);
}

QStringList Likeness::compareHeads(const QStringList &recorded, const QStringList &ours) const
{
    QStringList out;
    if (recorded.isEmpty() || ours.isEmpty() || recorded.first() != ours.first())
        return {u"status: recorded \"%1\", ours \"%2\""_s.arg(recorded.value(0), ours.value(0))};
    const auto name = [](const QString &line) { return line.section(u": "_s, 0, 0); };
    QStringList recordedNames;
    QStringList ourNames;
    std::transform(recorded.begin() + 1, recorded.end(), std::back_inserter(recordedNames), name);
    std::transform(ours.begin() + 1, ours.end(), std::back_inserter(ourNames), name);
    if (recordedNames != ourNames)
        out += u"headers: recorded %1, ours %2"_s.arg(recordedNames.join(u", "_s),
                                                      ourNames.join(u", "_s));
    for (const QString &line : recorded) {
        const QString key = name(line);
        const auto mine = std::find_if(ours.begin() + 1, ours.end(),
                                       [&](const QString &l) { return name(l) == key; });
        if (mine == ours.end() || key == u"Date"_s || key == u"Mesos-Stream-Id"_s
            || line == ours.first())
            continue;
        const bool length = key == u"Content-Length"_s && !line.endsWith(u": 0"_s);
        if (!length && translate(line) != *mine)
            out += u"header: recorded \"%1\", ours \"%2\""_s.arg(line, *mine);
    }
    return out;
}

QStringList fullHead(const QJsonValue &recorded, bool hasText)
{
    QStringList head;
    if (recorded.isArray()) {
        for (const QJsonValue &line : recorded.toArray())
            head += line.toString();
        if (head.size() > 1 && !head.at(1).startsWith(u"Date: "_s))
            head.insert(1, u"Date: "_s);
        return head;
    }
    head = {recorded.toString(), u"Date: "_s};
    if (hasText)
        head += {u"Content-Type: text/plain; charset=utf-8"_s, u"Content-Length: 1"_s};
    else
        head += u"Content-Length: 0"_s;
    return head;
}

} // namespace meseta::test
