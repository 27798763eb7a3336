#include "gui/inspect/file_reader.h"

#include <QNetworkReply>

#include "gui/model/row_builders.h"
#include "gui/session/bounded_answer.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::console {

using mesos::v1::agent::Call;
using mesos::v1::agent::Response;

namespace {

constexpr int patienceMs = 15000;
constexpr qint64 longestAnswer = 8LL * 1024 * 1024; // read in one go
constexpr std::uint64_t largestFile = 1ULL << 60;
constexpr qint64 smallestPiece = 4096; ///< what gives less has no more, or does not mean well

QString modeText(quint32 mode)
{
    QString text = (mode & 0170000) == 0040000 ? QStringLiteral("d") : QStringLiteral("-");
    const char *letters = "rwx";
    for (int bit = 8; bit >= 0; --bit)
        text += mode & (1U << bit) ? QLatin1Char(letters[(8 - bit) % 3]) : QLatin1Char('-');
    return text;
}

} // namespace

FileReader::FileReader(QObject *parent) : QObject(parent) { }

FileReader::~FileReader() = default;

void FileReader::setAgent(const QString &address)
{
    m_agent = address;
    ++m_generation;
}

QString FileReader::sandboxPath(const QString &frameworkId, const QString &executorId,
                                const QString &file)
{
    const QString folder =
        QStringLiteral("/frameworks/%1/executors/%2/runs/latest").arg(frameworkId, executorId);
    return file.isEmpty() ? folder : folder + QLatin1Char('/') + file;
}

void FileReader::read(const QString &path, qint64 offset, qint64 length,
                      std::function<void(Result<Part>)> done)
{
    readOn(path, offset, length, {}, std::move(done));
}

/// Agents give 64 KiB at once, whatever is asked for: the rest is asked for until there is no more.
void FileReader::readOn(const QString &path, qint64 offset, qint64 length, QByteArray sofar,
                        std::function<void(Result<Part>)> done)
{
    const qint64 wanted = length - sofar.size();
    Call call;
    call.set_type(Call::READ_FILE);
    call.mutable_read_file()->set_path(path.toStdString());
    call.mutable_read_file()->set_offset(static_cast<std::uint64_t>(offset + sofar.size()));
    call.mutable_read_file()->set_length(static_cast<std::uint64_t>(wanted));
    post(call.SerializeAsString(), [=, this, done = std::move(done)](Result<QByteArray> body) {
        Response response;
        if (!body)
            return done(fail(body.error()));
        if (!response.ParseFromArray(body->constData(), static_cast<int>(body->size())))
            return done(fail(tr("The agent's answer cannot be read.").toStdString()));
        // No more than was asked for, and no size that is none, whatever the agent says.
        const auto size =
            static_cast<qint64>(std::min<std::uint64_t>(response.read_file().size(), largestFile));
        const QByteArray piece =
            QByteArray::fromStdString(response.read_file().data()).left(wanted);
        const QByteArray all = sofar + piece;
        if (piece.size() >= smallestPiece && all.size() < length && offset + all.size() < size)
            return readOn(path, offset, length, all, done);
        done(Part{size, all});
    });
}

void FileReader::list(const QString &path, std::function<void(Result<QList<Entry>>)> done)
{
    Call call;
    call.set_type(Call::LIST_FILES);
    call.mutable_list_files()->set_path(path.toStdString());
    post(call.SerializeAsString(), [done = std::move(done)](Result<QByteArray> body) {
        Response response;
        if (!body)
            return done(fail(body.error()));
        if (!response.ParseFromArray(body->constData(), static_cast<int>(body->size())))
            return done(fail(tr("The agent's answer cannot be read.").toStdString()));
        QList<Entry> entries;
        for (const auto &info : response.list_files().file_infos()) {
            const bool isFolder = (info.mode() & 0170000) == 0040000;
            entries.append({fromWire(info.path()),
                            static_cast<qint64>(std::min<std::uint64_t>(info.size(), largestFile)),
                            static_cast<double>(info.mtime().nanoseconds()) / 1e9, isFolder,
                            modeText(info.mode())});
        }
        done(std::move(entries));
    });
}

void FileReader::post(const std::string &body, std::function<void(Result<QByteArray>)> done)
{
    QNetworkRequest request{QUrl(QStringLiteral("http://%1/api/v1").arg(m_agent))};
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    request.setRawHeader("Accept", "application/x-protobuf");
    request.setTransferTimeout(patienceMs);
    // An agent answers for itself: nobody else is asked on its word.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply =
        m_network.post(request, QByteArray(body.data(), static_cast<qsizetype>(body.size())));
    boundAnswer(reply, longestAnswer);
    connect(reply, &QNetworkReply::finished, this,
            [this, reply, generation = m_generation, done = std::move(done)] {
                reply->deleteLater();
                if (generation != m_generation)
                    return; // asked of another agent
                const int status =
                    reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
                if (isTooLong(reply))
                    done(fail(tooLongText().toStdString()));
                else if (status == 200)
                    done(reply->readAll());
                else if (status == 404)
                    done(fail(tr("There is no such file (yet).").toStdString()));
                else if (status == 0)
                    done(fail(reply->errorString().toStdString()));
                else
                    done(fail(tr("The agent answered %1.").arg(status).toStdString()));
            });
}

} // namespace meseta::console
