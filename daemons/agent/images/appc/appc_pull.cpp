#include "daemons/agent/images/appc/appc_pull.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr std::size_t maxImages = 64; // with everything an image depends on

/// A dependency that does not say for which machine is for that of its image.
AppcName completed(AppcName dependency, const AppcName &image)
{
    for (const char *label : {"os", "arch"}) {
        const auto own = image.labels.find(label);
        if (own != image.labels.end())
            dependency.labels.try_emplace(label, own->second);
    }
    return dependency;
}

} // namespace

AppcPull::AppcPull(AppcName wanted, LayerStore &store, LayerArrivals &layers, http::Client &client,
                   Settings settings)
    : ImageArrival(wanted.text(), store, layers)
    , m_store(store)
    , m_arrivals(layers)
    , m_client(client)
    , m_settings(std::move(settings))
    , m_wanted(std::move(wanted))
{ }

AppcPull::~AppcPull() = default;

void AppcPull::findContents()
{
    m_toFind.push_back(m_wanted);
    QMetaObject::invokeMethod(this, &AppcPull::next, Qt::QueuedConnection);
}

void AppcPull::giveUp(const Error &error)
{
    end(fail(error));
}

/// One image after the other until nothing is missing.
void AppcPull::next()
{
    while (!m_toFind.empty() && m_found.contains(m_toFind.front().text()))
        m_toFind.pop_front();
    if (m_toFind.empty())
        return allFound();
    if (m_found.size() >= maxImages)
        return giveUp({"the image depends on more than " + std::to_string(maxImages) + " images"});
    const AppcName &name = m_toFind.front();
    const LayerPin pin = name.id ? m_store.pin(name.id->fileName()) : nullptr;
    if (name.id && m_store.holds(name.id->fileName())) {
        if (auto taken = takeFromStore(name); !taken)
            giveUp(taken.error());
        return;
    }
    const auto path = name.discoveryPath();
    if (!path)
        return giveUp(path.error());
    if (!m_settings.prefix.starts_with('/'))
        return download(QUrl(QString::fromStdString(m_settings.prefix + *path)));
    if (auto opened = openLocal(m_settings.prefix + *path); !opened)
        giveUp(opened.error());
}

Result<> AppcPull::takeFromStore(const AppcName &name)
{
    auto manifest = readFile(m_store.pathOf(name.id->fileName()) + "/manifest",
                             static_cast<std::size_t>(m_settings.limits.manifestBytes));
    if (!manifest)
        return fail(manifest.error());
    inspected(AciFile{*name.id, std::move(*manifest)}, nullptr);
    return {};
}

Result<> AppcPull::openLocal(const std::string &path)
{
    auto file =
        std::make_shared<FileDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file->valid())
        return fail("cannot open " + path + ": " + std::strerror(errno));
    inspect(std::move(file));
    return {};
}

void AppcPull::download(const QUrl &url)
{
    const auto address = RegistryAddress::fromUrl(url);
    if (!address)
        return giveUp(address.error().within("--appc_simple_discovery_uri_prefix"));
    const auto staged = m_store.stage();
    if (!staged)
        return giveUp(staged.error());
    const std::string path = *staged + "/aci";
    auto sink = BlobSink::create(path, m_settings.limits.layerBytes, digestOf({}));
    if (!sink)
        return giveUp(sink.error());
    ::unlink(path.c_str()); // the descriptor is enough
    ::rmdir(staged->c_str());
    m_sink = std::move(*sink);
    m_session = std::make_shared<RegistrySession>(m_client, ImageLocation{*address, {}, {}},
                                                  std::nullopt, m_settings.patience);
    m_fetch.reset(new RegistryFetch(
        *m_session,
        RegistryFetch::What{url, {}, "the appc image " + url.toString().toStdString(), false},
        *m_sink, [this](const Result<http::Headers> &result) {
            m_fetch.reset();
            if (!result)
                return giveUp(result.error());
            inspect(std::make_shared<FileDescriptor>(m_sink->releaseFile()));
        }));
}

void AppcPull::inspect(std::shared_ptr<FileDescriptor> file)
{
    m_arrivals.onWorker<AciFile>(
        this, [file, limits = m_settings.limits] { return inspectAci(file->get(), limits); },
        [this, file](const Result<AciFile> &aci) { inspected(aci, file); });
}

void AppcPull::inspected(const Result<AciFile> &aci, const std::shared_ptr<FileDescriptor> &file)
{
    const AppcName name = m_toFind.front();
    if (!aci)
        return giveUp(aci.error().within("the appc image " + name.text()));
    auto manifest = parseAppcManifest(aci->manifest);
    if (!manifest)
        return giveUp(manifest.error().within("the appc image " + name.text()));
    LayerPin pin = m_store.pin(aci->id.fileName());
    if (auto taken = found({name, *aci, file, std::move(*manifest), std::move(pin)}); !taken)
        return giveUp(taken.error());
    QMetaObject::invokeMethod(this, &AppcPull::next, Qt::QueuedConnection);
}

Result<> AppcPull::found(Found image)
{
    const std::string key = image.name.text();
    if (image.manifest.name != image.name.name)
        return fail("the file for the appc image " + key + " is of the image "
                    + image.manifest.name);
    if (image.name.id && image.aci.id != *image.name.id)
        return fail("the file for the appc image " + key + " has the id "
                    + image.aci.id.fileName());
    m_toFind.pop_front();
    for (auto &dependency : image.manifest.dependencies) {
        dependency = completed(std::move(dependency), image.name);
        m_toFind.push_back(dependency);
    }
    m_found.emplace(key, std::move(image));
    return {};
}

/// What an image depends on, then itself; each once, also when they depend on one another.
void AppcPull::collect(const std::string &name, std::set<std::string> &entered,
                       std::vector<std::string> &order) const
{
    if (!entered.insert(name).second)
        return;
    for (const auto &dependency : m_found.at(name).manifest.dependencies)
        collect(dependency.text(), entered, order);
    order.push_back(name);
}

void AppcPull::allFound()
{
    std::vector<std::string> order;
    std::set<std::string> entered;
    collect(m_wanted.text(), entered, order);
    std::vector<LayerOrder> orders;
    for (const auto &name : order) {
        const Found &image = m_found.at(name);
        LayerOrder layer;
        layer.diffId = image.aci.id;
        layer.file = image.file;
        layer.isAci = true;
        orders.push_back(std::move(layer));
    }
    const AciFile &own = m_found.at(m_wanted.text()).aci;
    contentsFound(own.manifest, own.id.fileName(), std::move(orders));
}

} // namespace meseta::agent
