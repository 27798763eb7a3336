#pragma once

#include <QCoreApplication>
#include <QNetworkReply>

namespace meseta::console {

/// Gives an answer up as soon as more of it has come than any honest server sends: an answer
/// without an end must not grow the console. It finishes with an error then.
inline void boundAnswer(QNetworkReply *reply, qint64 mostBytes)
{
    QObject::connect(reply, &QIODevice::readyRead, reply, [reply, mostBytes] {
        if (reply->bytesAvailable() <= mostBytes)
            return;
        reply->setProperty("tooLong", true);
        reply->abort();
    });
}

/// Whether it was given up; it holds the beginning of an answer only.
inline bool isTooLong(const QNetworkReply *reply)
{
    return reply->property("tooLong").toBool();
}

/// What to tell a person then.
inline QString tooLongText()
{
    return QCoreApplication::translate("BoundedAnswer",
                                       "the answer was longer than the console reads");
}

} // namespace meseta::console
