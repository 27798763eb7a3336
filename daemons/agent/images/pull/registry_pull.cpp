#include "daemons/agent/images/pull/registry_pull.h"

namespace meseta::agent {

namespace {

constexpr int maxDepth = 3; // an index of an index, at most

std::string_view viewOf(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

} // namespace

RegistryPull::RegistryPull(std::string name, LayerStore &store, LayerArrivals &layers,
                           std::shared_ptr<RegistrySession> session, Settings settings)
    : ImageArrival(std::move(name), store, layers)
    , m_session(std::move(session))
    , m_settings(std::move(settings))
{ }

RegistryPull::~RegistryPull() = default;

std::string RegistryPull::imageName() const
{
    return m_session->location().reference.full();
}

void RegistryPull::findContents()
{
    const auto &reference = m_session->location().reference;
    if (!reference.digest.empty()) {
        auto digest = Digest::parse(reference.digest);
        if (!digest) {
            QMetaObject::invokeMethod(
                this, [this, digest] { end(fail(digest.error())); }, Qt::QueuedConnection);
            return;
        }
        m_expected = *digest;
    }
    fetchManifest(reference.tagOrDigest());
}

void RegistryPull::fetch(const QString &path, RegistryFetch::What what, std::uint64_t limit,
                         Taken taken)
{
    const auto &location = m_session->location();
    what.url = location.registry.url(QStringLiteral("/v2/") + location.repository + path);
    m_text = std::make_unique<TextSink>(limit, what.name);
    m_fetch.reset(new RegistryFetch(*m_session, std::move(what), *m_text,
                                    [this, taken](const Result<http::Headers> &result) {
                                        m_fetch.reset();
                                        if (result)
                                            (this->*taken)(*result);
                                        else
                                            end(fail(result.error()));
                                    }));
}

void RegistryPull::fetchManifest(const std::string &reference)
{
    RegistryFetch::What what;
    what.accept = manifestTypes();
    what.name = "the manifest of " + imageName();
    fetch(QStringLiteral("/manifests/") + QString::fromStdString(reference), std::move(what),
          m_settings.limits.manifestBytes, &RegistryPull::manifestCame);
}

void RegistryPull::manifestCame(const http::Headers &headers)
{
    const std::string algorithm = m_expected ? m_expected->algorithm : "sha256";
    const Digest digest = digestOf(viewOf(m_text->text()), algorithm);
    const auto said = Digest::parse(headers.value("Docker-Content-Digest").toStdString());
    const auto &expected =
        m_expected || !said || said->algorithm != algorithm ? m_expected : std::optional(*said);
    if (expected && digest != *expected)
        return end(fail("the manifest of " + imageName() + " is not what was asked for: its digest "
                        + "is " + digest.text() + " instead of " + expected->text()));
    if (m_digest.empty())
        m_digest = digest.text();
    auto document = parseManifest(m_text->text(), m_settings.architecture);
    if (!document)
        return end(fail(document.error()));
    if (document->chosen) {
        if (++m_depth > maxDepth)
            return end(fail("the index of " + imageName() + " leads from index to index"));
        m_expected = document->chosen->digest;
        return fetchManifest(m_expected->text());
    }
    m_manifest = std::move(*document->manifest);
    fetchConfig();
}

void RegistryPull::fetchConfig()
{
    const auto limit = static_cast<std::size_t>(m_settings.limits.layers);
    if (m_manifest.layers.size() > limit)
        return end(fail("the image has " + std::to_string(m_manifest.layers.size())
                        + " layers; the limit is " + std::to_string(limit)));
    for (const auto &layer : m_manifest.layers) {
        if (layer.size > m_settings.limits.layerBytes)
            return end(fail("the layer " + layer.digest.text() + " has "
                            + std::to_string(layer.size) + " bytes; the limit is "
                            + std::to_string(m_settings.limits.layerBytes)));
    }
    RegistryFetch::What what;
    what.name = "the config of " + imageName();
    fetch(QStringLiteral("/blobs/") + QString::fromStdString(m_manifest.config.digest.text()),
          std::move(what), m_settings.limits.configBytes, &RegistryPull::configCame);
}

void RegistryPull::configCame(const http::Headers &)
{
    const Digest &expected = m_manifest.config.digest;
    const Digest digest = digestOf(viewOf(m_text->text()), expected.algorithm);
    if (digest != expected)
        return end(fail("the config of " + imageName() + " is not what its manifest says: the "
                        + "digest is " + digest.text() + " instead of " + expected.text()));
    const auto config = parseImageConfig(m_text->text());
    if (!config)
        return end(fail(config.error()));
    if (config->diffIds.size() != m_manifest.layers.size())
        return end(fail("the image's config names " + std::to_string(config->diffIds.size())
                        + " layers and its manifest " + std::to_string(m_manifest.layers.size())));
    std::vector<LayerOrder> orders;
    for (std::size_t i = 0; i < m_manifest.layers.size(); ++i) {
        LayerOrder order;
        order.diffId = config->diffIds[i];
        order.blob = m_manifest.layers[i];
        order.session = m_session;
        orders.push_back(std::move(order));
    }
    contentsFound(m_text->text().toStdString(), m_digest, std::move(orders));
}

} // namespace meseta::agent
