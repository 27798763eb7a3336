#include "daemons/agent/images/unpack/unpack_layer.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "daemons/agent/checkpoint/crash_point.h"
#include "daemons/agent/images/unpack/layer_writer.h"
#include "daemons/agent/images/unpack/tar_reader.h"

namespace meseta::agent {

namespace {

constexpr std::uint64_t worthAThread = 1 << 20; // smaller archives are done sooner without one
constexpr std::uint64_t spaceToKeep = 256ULL << 20;
constexpr std::uint64_t spaceCheckEvery = 64ULL << 20;

/// Computes the digest of what passes, and stops where it is told to or the disk is nearly full.
class MeasuredSource final : public ByteSource
{
public:
    MeasuredSource(std::unique_ptr<ByteSource> source, const std::string &algorithm,
                   std::stop_token stop, const std::string &target)
        : m_source(std::move(source))
        , m_digester(algorithm)
        , m_stop(std::move(stop))
        , m_target(target)
    { }

    Result<std::string_view> next() override
    {
        if (m_stop.stop_requested())
            return fail("it was cancelled");
        auto block = m_source->next();
        if (!block)
            return block;
        m_digester.add(*block);
        m_bytes += block->size();
        if (m_bytes >= m_nextCheck) {
            m_nextCheck = m_bytes + spaceCheckEvery;
            struct statvfs space
            { };
            if (::statvfs(m_target.c_str(), &space) == 0
                && space.f_bavail * space.f_frsize < spaceToKeep)
                return fail("the disk has less than " + std::to_string(spaceToKeep >> 20)
                            + " MB left below " + m_target);
        }
        return block;
    }

    Digest finish() { return m_digester.finish(); }
    std::uint64_t bytes() const { return m_bytes; }

private:
    std::unique_ptr<ByteSource> m_source;
    Digester m_digester;
    std::stop_token m_stop;
    std::string m_target;
    std::uint64_t m_bytes = 0;
    std::uint64_t m_nextCheck = 0;
};

std::uint64_t packedSize(const PackedLayer &layer)
{
    struct stat status
    { };
    if (layer.size != FileSource::toTheEnd || ::fstat(layer.file, &status) != 0)
        return layer.size;
    return static_cast<std::uint64_t>(status.st_size);
}

std::unique_ptr<ByteSource> opened(const PackedLayer &layer, const ImageLimits &limits)
{
    InflationLimits inflation;
    inflation.maxBytes = limits.layerBytes;
    inflation.maxRatio = limits.ratio;
    inflation.ratioFloor = limits.ratioFloor;
    auto source =
        inflating(std::make_unique<FileSource>(layer.file, layer.offset, layer.size), inflation);
    return packedSize(layer) < worthAThread ? std::move(source) : readingAhead(std::move(source));
}

Result<> writeEntries(TarReader &reader, LayerWriter &writer, std::uint64_t &entries,
                      std::uint64_t maxEntries)
{
    for (;;) {
        const auto entry = reader.next();
        if (!entry)
            return fail(entry.error());
        if (!*entry)
            return {};
        if (++entries > maxEntries)
            return fail("it has more than " + std::to_string(maxEntries) + " entries");
        if (auto written = writer.write(**entry, [&reader] { return reader.content(); }); !written)
            return written;
        crashPoint("during", "layer-unpack");
    }
}

} // namespace

Result<UnpackedLayer> unpackLayer(const PackedLayer &layer, const std::string &target,
                                  const ImageLimits &limits, const std::stop_token &stop,
                                  const std::string &algorithm)
{
    auto tree = RootedTree::open(target);
    if (!tree)
        return fail(tree.error());
    MeasuredSource source(opened(layer, limits), algorithm, stop, target);
    TarReader reader(source, {limits.metadataBytes});
    LayerWriter writer(std::move(*tree));
    UnpackedLayer unpacked;
    if (auto written = writeEntries(reader, writer, unpacked.entries, limits.layerEntries);
        !written)
        return fail(written.error());
    if (auto finished = writer.finish(); !finished)
        return fail(finished.error());
    if (auto drained = reader.drain(); !drained)
        return fail(drained.error());
    unpacked.diffId = source.finish();
    unpacked.bytes = source.bytes();
    unpacked.describesRoot = writer.describesRoot();
    unpacked.hasWhiteouts = writer.hasWhiteouts();
    unpacked.impliedFolders.assign(writer.impliedFolders().begin(), writer.impliedFolders().end());
    return unpacked;
}

} // namespace meseta::agent
