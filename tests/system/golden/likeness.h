#pragma once

#include <QHash>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStringList>

namespace meseta::test {

/// Compares what was recorded with what our daemons say: keys, types, values. Ids, uuids and ports
/// differ in every run; it learns which of ours stands for which recorded one at the place where it
/// first appears, and holds to it. Times, lengths, process ids, versions and the wording of
/// messages are compared by type only.
class Likeness
{
public:
    /// From now on `ours` stands for `recorded`.
    void learn(const QString &recorded, const QString &ours);
    bool knows(const QString &recorded) const { return m_ours.contains(recorded); }
    QString ours(const QString &recorded) const { return m_ours.value(recorded, recorded); }

    /// The same with our ids in place of the recorded ones.
    QJsonValue translate(const QJsonValue &recorded) const;
    QString translate(const QString &recorded) const;

    /// The differences, one "path: what" each.
    QStringList compare(const QString &path, const QJsonValue &recorded, const QJsonValue &ours);

    /// Status line and header lines: names, order and values; but not the value of Date,
    /// Content-Length (unless it is 0), Mesos-Stream-Id.
    QStringList compareHeads(const QStringList &recorded, const QStringList &ours) const;

private:
    void compareObjects(const QString &path, const QJsonObject &recorded, const QJsonObject &ours,
                        QStringList &out);
    void compareArrays(const QString &path, QJsonArray recorded, QJsonArray ours, QStringList &out);
    void compareStrings(const QString &path, const QString &recorded, const QString &ours,
                        QStringList &out);
    void compareValues(const QString &path, const QJsonValue &recorded, const QJsonValue &ours,
                       QStringList &out);

    QHash<QString, QString> m_ours;
};

/// The head that the recordings mean where they only give the status line.
QStringList fullHead(const QJsonValue &recorded, bool hasText);

} // namespace meseta::test
