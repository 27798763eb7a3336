#pragma once

#include <map>

#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "common/http/server.h"
#include "daemons/agent/images/digest/digest.h"
#include "tests/daemons/agent/images/tar_builder.h"

namespace meseta::agent {

/// A registry in the test's own process that does as it is told: serves what it was given, counts,
/// refuses, redirects, breaks off.
class FakeRegistry
{
public:
    using Handler = std::function<void(const http::Request &, std::shared_ptr<http::Responder>)>;

    FakeRegistry()
    {
        m_server.setFallback([this](const http::Request &request, auto responder) {
            requests.push_back(request);
            if (filter && filter(request, responder))
                return;
            serve(request, responder);
        });
        static_cast<void>(m_server.listen(QHostAddress::LocalHost, 0));
    }

    QByteArray host() const { return "127.0.0.1:" + QByteArray::number(m_server.port()); }
    QByteArray url() const { return "http://" + host(); }
    quint16 port() const { return m_server.port(); }

    static QByteArray digest(const QByteArray &bytes)
    {
        return QByteArray::fromStdString(digestOf(bytes.toStdString()).text());
    }

    /// Takes up a blob; gives its digest.
    QByteArray add(const QByteArray &blob)
    {
        const QByteArray name = digest(blob);
        blobs[name] = blob;
        return name;
    }

    static QJsonObject descriptor(const QByteArray &type, const QByteArray &blob)
    {
        return {{QStringLiteral("mediaType"), QString::fromLatin1(type)},
                {QStringLiteral("digest"), QString::fromLatin1(digest(blob))},
                {QStringLiteral("size"), double(blob.size())}};
    }

    /// An image of these layers (uncompressed archives), stored gzipped. Gives the manifest.
    QByteArray addImage(const QByteArray &repository, const QByteArray &tag,
                        const QList<QByteArray> &archives)
    {
        QList<std::pair<QByteArray, QByteArray>> layers;
        for (const auto &archive : archives)
            layers.append({archive, TarBuilder::gzipped(archive)});
        return addPacked(repository, tag, layers);
    }

    /// The same with what is stored given, too.
    QByteArray addPacked(const QByteArray &repository, const QByteArray &tag,
                         const QList<std::pair<QByteArray, QByteArray>> &archivesAndBlobs)
    {
        QJsonArray diffIds;
        QJsonArray layers;
        for (const auto &[archive, blob] : archivesAndBlobs) {
            diffIds.append(QString::fromLatin1(digest(archive)));
            layers.append(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", blob));
            add(blob);
        }
        const QJsonObject config{
            {QStringLiteral("config"),
             QJsonObject{{QStringLiteral("Cmd"), QJsonArray{QStringLiteral("/run")}}}},
            {QStringLiteral("rootfs"), QJsonObject{{QStringLiteral("diff_ids"), diffIds}}}};
        const QByteArray configText = QJsonDocument(config).toJson();
        add(configText);
        const QJsonObject manifest{
            {QStringLiteral("schemaVersion"), 2},
            {QStringLiteral("config"),
             descriptor("application/vnd.oci.image.config.v1+json", configText)},
            {QStringLiteral("layers"), layers}};
        const QByteArray text = QJsonDocument(manifest).toJson();
        manifests["/v2/" + repository + "/manifests/" + tag] = text;
        manifests["/v2/" + repository + "/manifests/" + digest(text)] = text;
        return text;
    }

    void serve(const http::Request &request, const std::shared_ptr<http::Responder> &responder)
    {
        if (const auto manifest = manifests.find(request.path); manifest != manifests.end())
            return responder->send(
                http::Response::ok(manifest->second, "application/vnd.oci.image.manifest.v1+json"));
        const auto blob = blobs.find(request.path.split('/').last());
        if (blob == blobs.end())
            return responder->send(http::Response::text(404, "no"));
        serveBlob(request, blob->second, responder);
    }

    void serveBlob(const http::Request &request, const QByteArray &blob,
                   const std::shared_ptr<http::Responder> &responder) const
    {
        const QByteArray range = request.headers.value("Range");
        if (range.isEmpty() || !knowsRanges)
            return responder->send(http::Response::ok(blob, "application/octet-stream"));
        const qint64 from = range.mid(6, range.indexOf('-') - 6).toLongLong();
        http::Response part = http::Response::ok(blob.mid(from), "application/octet-stream");
        part.status = 206;
        part.headers.add("Content-Range",
                         "bytes " + QByteArray::number(from) + "-"
                             + QByteArray::number(blob.size() - 1) + "/"
                             + QByteArray::number(blob.size()));
        responder->send(part);
    }

    int countOf(const QByteArray &part) const
    {
        return int(std::count_if(requests.begin(), requests.end(), [&part](const auto &request) {
            return request.target.contains(part);
        }));
    }

    /// Answers itself and gives true, or leaves it to `serve`.
    std::function<bool(const http::Request &, const std::shared_ptr<http::Responder> &)> filter;
    std::vector<http::Request> requests;
    std::map<QByteArray, QByteArray> blobs;
    std::map<QByteArray, QByteArray> manifests; ///< by path
    bool knowsRanges = true;

private:
    http::Server m_server;
};

} // namespace meseta::agent
