#pragma once

#include <map>
#include <optional>

#include <QByteArray>

namespace meseta::agent {

/// What a server asks for with 401: WWW-Authenticate (RFC 9110 §11.6.1), its first challenge of
/// the schemes Basic and Bearer.
struct Challenge
{
    enum class Scheme { Basic, Bearer };

    Scheme scheme = Scheme::Basic;
    std::map<QByteArray, QByteArray> parameters; ///< names in lower case

    static std::optional<Challenge> parse(const QByteArray &header);
    QByteArray parameter(const QByteArray &name) const;
};

} // namespace meseta::agent
