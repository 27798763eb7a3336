#include "daemons/agent/images/pull/archive_pull.h"

#include <cerrno>
#include <cstring>

#include <QPointer>

#include <fcntl.h>

#include "daemons/agent/images/archive/image_archive.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

struct Opened
{
    ArchivedImage image;
    std::shared_ptr<FileDescriptor> file;
};

Result<Opened> openArchive(const ArchivePull::What &what)
{
    Opened opened;
    opened.file = std::make_shared<FileDescriptor>(
        ::open(what.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened.file->valid())
        return fail("cannot open " + what.path + ": " + std::strerror(errno));
    auto image =
        readImageArchive(opened.file->get(), what.reference, what.limits, what.architecture);
    if (!image)
        return fail(image.error().within("the archive " + what.path));
    opened.image = std::move(*image);
    return opened;
}

std::vector<LayerOrder> ordersOf(const Opened &opened)
{
    std::vector<LayerOrder> orders;
    for (const auto &layer : opened.image.layers) {
        LayerOrder order;
        order.diffId = layer.diffId;
        order.file = opened.file;
        order.offset = layer.offset;
        order.size = layer.size;
        orders.push_back(std::move(order));
    }
    return orders;
}

} // namespace

ArchivePull::ArchivePull(std::string name, LayerStore &store, LayerArrivals &layers, What what)
    : ImageArrival(std::move(name), store, layers), m_arrivals(layers), m_what(std::move(what))
{ }

void ArchivePull::findContents()
{
    m_arrivals.onWorker<Opened>(
        this, [what = m_what] { return openArchive(what); },
        [this](Result<Opened> opened) {
            if (!opened)
                return end(fail(opened.error()));
            contentsFound(opened->image.config, opened->image.digest, ordersOf(*opened));
        });
}

} // namespace meseta::agent
