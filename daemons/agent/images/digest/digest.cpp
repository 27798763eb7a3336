#include "daemons/agent/images/digest/digest.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

namespace meseta::agent {

struct Digester::Context
{
    EVP_MD_CTX *handle = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(handle); }
};

Result<Digest> Digest::parse(std::string_view text)
{
    const auto colon = text.find(':');
    const std::string algorithm(text.substr(0, colon));
    const std::string hex(colon == std::string_view::npos ? std::string_view()
                                                          : text.substr(colon + 1));
    const std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (length == 0 || hex.size() != length || !std::all_of(hex.begin(), hex.end(), isHex))
        return fail("'" + std::string(text.substr(0, 160))
                    + "' is no digest: the form is sha256: and 64 lower case hex digits, or "
                      "sha512: and 128");
    return Digest{algorithm, hex};
}

Digester::Digester(const std::string &algorithm)
    : m_context(std::make_unique<Context>()), m_algorithm(algorithm)
{
    EVP_DigestInit_ex(m_context->handle, algorithm == "sha512" ? EVP_sha512() : EVP_sha256(),
                      nullptr);
}

Digester::~Digester() = default;
Digester::Digester(Digester &&) noexcept = default;
Digester &Digester::operator=(Digester &&) noexcept = default;

void Digester::add(const char *data, std::size_t size)
{
    EVP_DigestUpdate(m_context->handle, data, size);
}

Digest Digester::finish()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_DigestFinal_ex(m_context->handle, bytes.data(), &size);
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(size * 2);
    for (unsigned i = 0; i < size; ++i) {
        hex += digits[bytes[i] >> 4];
        hex += digits[bytes[i] & 15];
    }
    return {m_algorithm, std::move(hex)};
}

Digest digestOf(std::string_view data, const std::string &algorithm)
{
    Digester digester(algorithm);
    digester.add(data);
    return digester.finish();
}

} // namespace meseta::agent
