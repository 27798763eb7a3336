#pragma once

#include <vector>

#include <QJsonObject>
#include <QString>

#include "common/base/result.h"

namespace meseta::test {

/// One line of a recording.
struct Row
{
    int line = 0;
    double time = 0; ///< seconds since the recording began
    QJsonObject json;

    bool has(const char *key) const { return json.contains(QLatin1String(key)); }
    QJsonValue value(const char *key) const { return json.value(QLatin1String(key)); }
    QString text(const char *key) const { return value(key).toString(); }
};

/// A conversation recorded from Apache Mesos, one JSON object per line (tests/golden/README.md).
class Transcript
{
public:
    /// Reads a file of tests/golden ("scheduler/basic") and puts in what rows only refer to
    /// ("=@12.3").
    static Result<Transcript> load(const QString &name);

    /// The recorder wrote a call down when its answer had come, thus often after the events that
    /// the call brought about. Puts each call before those.
    void moveCallsBeforeTheirEvents();

    QString name;
    std::vector<Row> rows;
};

} // namespace meseta::test
