#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace meseta::agent {

/// A content digest, "sha256:<64 hex digits>" or "sha512:<128>". Source: OCI image specification,
/// descriptors.
struct Digest
{
    std::string algorithm;
    std::string hex;

    /// The error says what a digest looks like.
    static Result<Digest> parse(std::string_view text);

    std::string text() const { return algorithm + ":" + hex; }
    /// As the name of a file or folder: "sha256-<hex>".
    std::string fileName() const { return algorithm + "-" + hex; }

    bool operator==(const Digest &) const = default;
};

/// Computes a digest piece by piece, with what the processor has for it.
class Digester
{
public:
    explicit Digester(const std::string &algorithm = "sha256"); ///< "sha256" or "sha512"
    ~Digester();
    Digester(Digester &&) noexcept;
    Digester &operator=(Digester &&) noexcept;

    void add(const char *data, std::size_t size);
    void add(std::string_view data) { add(data.data(), data.size()); }
    /// The digest of all that was added; ends this computation.
    Digest finish();

private:
    struct Context;
    std::unique_ptr<Context> m_context;
    std::string m_algorithm;
};

/// The digest of a whole text.
Digest digestOf(std::string_view data, const std::string &algorithm = "sha256");

} // namespace meseta::agent
