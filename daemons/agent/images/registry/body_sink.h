#pragma once

#include <QByteArray>

#include "common/base/result.h"
#include "daemons/agent/images/digest/digest.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// Takes a body that may come in several attempts.
class BodySink
{
public:
    virtual ~BodySink() = default;
    /// How much is there: where a further attempt goes on.
    virtual std::uint64_t taken() const = 0;
    /// Forgets all of it.
    virtual Result<> restart() = 0;
    /// An error is final: too much, or the disk is full.
    virtual Result<> take(const QByteArray &bytes) = 0;
};

/// Keeps a small body in memory.
class TextSink final : public BodySink
{
public:
    TextSink(std::uint64_t limit, std::string what) : m_limit(limit), m_what(std::move(what)) { }
    std::uint64_t taken() const override { return static_cast<std::uint64_t>(m_text.size()); }
    Result<> restart() override;
    Result<> take(const QByteArray &bytes) override;
    const QByteArray &text() const { return m_text; }

private:
    QByteArray m_text;
    std::uint64_t m_limit;
    std::string m_what;
};

/// Writes a blob to a file and computes its digest on the way.
class BlobSink final : public BodySink
{
public:
    /// `size` is what the manifest says; more is refused at once.
    static Result<std::unique_ptr<BlobSink>> create(const std::string &path, std::uint64_t size,
                                                    const Digest &expected);
    std::uint64_t taken() const override { return m_taken; }
    Result<> restart() override;
    Result<> take(const QByteArray &bytes) override;

    /// Whether the blob is what was asked for. Once, at the end.
    Result<> verify();
    containerizer::FileDescriptor releaseFile() { return std::move(m_file); }

private:
    BlobSink(containerizer::FileDescriptor file, std::uint64_t size, Digest expected);

    containerizer::FileDescriptor m_file;
    std::uint64_t m_size;
    std::uint64_t m_taken = 0;
    Digest m_expected;
    Digester m_digester;
};

} // namespace meseta::agent
