#include "common/http/router.h"

namespace meseta::http {

namespace {

/// "/a//b/" as "/a/b"; "/" as "".
QByteArray tidy(const QByteArray &path)
{
    QByteArray tidied;
    tidied.reserve(path.size());
    for (const char c : path) {
        if (c == '/' && tidied.endsWith('/'))
            continue;
        tidied += c;
    }
    if (tidied.endsWith('/'))
        tidied.chop(1);
    return tidied;
}

QByteArray firstSegment(const QByteArray &tidied)
{
    const qsizetype slash = tidied.indexOf('/', 1);
    return tidied.mid(1, slash < 0 ? -1 : slash - 1);
}

} // namespace

void Router::setDelegate(const QByteArray &process)
{
    m_delegate = process;
    m_processes.insert(process);
}

void Router::add(const QByteArray &process, const QByteArray &path, Route route)
{
    m_processes.insert(process);
    m_routes[tidy('/' + process + '/' + path)] = std::move(route);
}

Router::Match Router::find(const QByteArray &path) const
{
    Match match;
    match.fullPath = tidy(path);
    match.forbidden = path.contains("/..");
    if (match.forbidden)
        return match;
    if (!m_delegate.isEmpty() && !m_processes.contains(firstSegment(match.fullPath)))
        match.fullPath.prepend('/' + m_delegate);

    const QByteArray process = firstSegment(match.fullPath);
    const qsizetype processLength = process.size() + 1;
    QByteArray candidate = match.fullPath;
    for (;;) {
        const bool bare = candidate.size() <= processLength;
        const bool onlyExact =
            bare && process == m_delegate && candidate.size() < match.fullPath.size();
        const auto found = m_routes.find(candidate);
        if (found != m_routes.end() && !onlyExact) {
            match.route = &found->second;
            return match;
        }
        if (bare)
            return match;
        candidate.truncate(candidate.lastIndexOf('/'));
    }
}

} // namespace meseta::http
