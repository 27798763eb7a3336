#include "daemons/agent/images/appc/aci_file.h"

#include "daemons/agent/images/unpack/rooted_tree.h"
#include "daemons/agent/images/unpack/tar_reader.h"

namespace meseta::agent {

namespace {

class HashedSource final : public ByteSource
{
public:
    explicit HashedSource(std::unique_ptr<ByteSource> source) : m_source(std::move(source)) { }
    Result<std::string_view> next() override
    {
        auto block = m_source->next();
        if (block)
            m_digester.add(*block);
        return block;
    }
    Digest finish() { return m_digester.finish(); }

private:
    std::unique_ptr<ByteSource> m_source;
    Digester m_digester{"sha512"};
};

Result<std::string> readContent(TarReader &reader, std::uint64_t limit)
{
    std::string content;
    for (;;) {
        const auto piece = reader.content();
        if (!piece)
            return fail(piece.error());
        if (piece->empty())
            return content;
        content += *piece;
        if (content.size() > limit)
            return fail("its manifest is larger than " + std::to_string(limit) + " bytes");
    }
}

} // namespace

Result<AciFile> inspectAci(int file, const ImageLimits &limits)
{
    HashedSource source(inflating(std::make_unique<FileSource>(file),
                                  {limits.layerBytes, limits.ratio, limits.ratioFloor}));
    TarReader reader(source, {limits.metadataBytes});
    AciFile aci;
    for (;;) {
        const auto entry = reader.next();
        if (!entry)
            return fail(entry.error());
        if (!*entry)
            break;
        const auto path = componentsOf((*entry)->name);
        if (!path || path->size() != 1 || path->front() != "manifest")
            continue;
        auto content = readContent(reader, limits.manifestBytes);
        if (!content)
            return fail(content.error());
        aci.manifest = std::move(*content);
    }
    if (auto drained = reader.drain(); !drained)
        return fail(drained.error());
    if (aci.manifest.empty())
        return fail("it has no manifest");
    aci.id = source.finish();
    return aci;
}

} // namespace meseta::agent
