#include "daemons/agent/images/registry/body_sink.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace meseta::agent {

using containerizer::FileDescriptor;

Result<> TextSink::restart()
{
    m_text.clear();
    return {};
}

Result<> TextSink::take(const QByteArray &bytes)
{
    if (taken() + static_cast<std::uint64_t>(bytes.size()) > m_limit)
        return fail(m_what + " is larger than " + std::to_string(m_limit) + " bytes");
    m_text += bytes;
    return {};
}

BlobSink::BlobSink(FileDescriptor file, std::uint64_t size, Digest expected)
    : m_file(std::move(file))
    , m_size(size)
    , m_expected(std::move(expected))
    , m_digester(m_expected.algorithm)
{ }

Result<std::unique_ptr<BlobSink>> BlobSink::create(const std::string &path, std::uint64_t size,
                                                   const Digest &expected)
{
    FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid())
        return fail("cannot make the file " + path + ": " + std::strerror(errno));
    return std::unique_ptr<BlobSink>(new BlobSink(std::move(file), size, expected));
}

Result<> BlobSink::restart()
{
    m_taken = 0;
    m_digester = Digester(m_expected.algorithm);
    if (::ftruncate(m_file.get(), 0) != 0 || ::lseek(m_file.get(), 0, SEEK_SET) != 0)
        return fail(std::string("cannot start the layer's file again: ") + std::strerror(errno));
    return {};
}

Result<> BlobSink::take(const QByteArray &bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
    if (m_taken + size > m_size)
        return fail("the registry sends more than the " + std::to_string(m_size)
                    + " bytes that the manifest says for " + m_expected.text());
    for (std::size_t done = 0; done < size;) {
        const ssize_t written = ::write(m_file.get(), bytes.constData() + done, size - done);
        if (written < 0 && errno != EINTR)
            return fail(std::string("cannot write the layer's file: ") + std::strerror(errno));
        done += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    }
    m_digester.add(bytes.constData(), size);
    m_taken += size;
    return {};
}

Result<> BlobSink::verify()
{
    if (m_taken != m_size)
        return fail("the registry sent " + std::to_string(m_taken) + " of the "
                    + std::to_string(m_size) + " bytes of " + m_expected.text());
    const Digest got = m_digester.finish();
    if (got != m_expected)
        return fail("the registry sent something else than was asked for: the digest is "
                    + got.text() + " instead of " + m_expected.text());
    return {};
}

} // namespace meseta::agent
