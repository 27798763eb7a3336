#include "daemons/agent/images/registry/challenge.h"

namespace meseta::agent {

namespace {

/// A quoted string or a token from `at` on, which then points behind it.
QByteArray valueAt(const QByteArray &text, qsizetype &at)
{
    QByteArray value;
    if (at >= text.size() || text[at] != '"') {
        while (at < text.size() && text[at] != ',' && text[at] != ' ')
            value += text[at++];
        return value;
    }
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size())
            ++at;
        value += text[at];
    }
    ++at;
    return value;
}

} // namespace

std::optional<Challenge> Challenge::parse(const QByteArray &header)
{
    const QByteArray text = header.trimmed();
    const auto space = text.indexOf(' ');
    const QByteArray scheme = text.left(space < 0 ? text.size() : space).toLower();
    if (scheme != "basic" && scheme != "bearer")
        return std::nullopt;
    Challenge challenge;
    challenge.scheme = scheme == "basic" ? Scheme::Basic : Scheme::Bearer;
    for (qsizetype at = scheme.size(); at < text.size();) {
        if (text[at] == ' ' || text[at] == ',') {
            ++at;
            continue;
        }
        const auto equals = text.indexOf('=', at);
        if (equals < 0)
            break;
        const QByteArray name = text.mid(at, equals - at).trimmed().toLower();
        at = equals + 1;
        challenge.parameters[name] = valueAt(text, at);
    }
    return challenge;
}

QByteArray Challenge::parameter(const QByteArray &name) const
{
    const auto found = parameters.find(name);
    return found != parameters.end() ? found->second : QByteArray();
}

} // namespace meseta::agent
