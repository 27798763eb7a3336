#pragma once

#include <functional>

#include <QNetworkAccessManager>
#include <QObject>

#include "common/base/result.h"

namespace meseta::console {

/// Reads files of sandboxes by ranges through an agent's operator API (READ_FILE, LIST_FILES):
/// bytes as they are, whatever they mean. Source: Mesos agent operator API.
class FileReader : public QObject
{
    Q_OBJECT
public:
    explicit FileReader(QObject *parent = nullptr);
    ~FileReader() override;

    struct Part
    {
        qint64 fileSize = 0;
        QByteArray bytes;
    };
    struct Entry
    {
        QString path;
        qint64 size = 0;
        double modified = 0; ///< seconds since the epoch
        bool isFolder = false;
        QString mode; ///< "drwxr-xr-x"
    };

    void setAgent(const QString &address); ///< "ip:port"; questions under way are dropped
    /// The bytes from `offset` on, `length` of them or as many as there are, by as many questions
    /// as that takes; a length of 0 asks for the size.
    void read(const QString &path, qint64 offset, qint64 length,
              std::function<void(Result<Part>)> done);
    void list(const QString &path, std::function<void(Result<QList<Entry>>)> done);

    static QString sandboxPath(const QString &frameworkId, const QString &executorId,
                               const QString &file = {});

private:
    void readOn(const QString &path, qint64 offset, qint64 length, QByteArray sofar,
                std::function<void(Result<Part>)> done);
    void post(const std::string &body, std::function<void(Result<QByteArray>)> done);

    QNetworkAccessManager m_network;
    QString m_agent;
    int m_generation = 0;
};

} // namespace meseta::console
