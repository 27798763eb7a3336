#include "daemons/agent/fetcher/fetch_source.h"

#include "daemons/agent/fetcher/fetcher.h"

namespace meseta::agent {

using Uri = mesos::v1::CommandInfo::URI;

namespace {

std::string quoted(const std::string &uri)
{
    return "the URI '" + uri + "'";
}

std::string schemeOf(const std::string &uri)
{
    const auto end = uri.find("://");
    std::string scheme = end == std::string::npos ? std::string() : uri.substr(0, end);
    std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return scheme;
}

Result<> validateOutputFile(const std::string &name)
{
    if (name.starts_with('/'))
        return fail("output_file '" + name + "' is absolute: it must lie in the sandbox");
    const std::string guarded = "/" + name + "/";
    if (guarded.find("/../") != std::string::npos || guarded == "//" || name.ends_with('/'))
        return fail("output_file '" + name + "' does not name a file in the sandbox");
    return {};
}

} // namespace

Result<> validateUri(const Uri &uri)
{
    const std::string &value = uri.value();
    for (const char c : {'\\', '\'', '\0'}) {
        if (value.find(c) != std::string::npos)
            return fail("the URI '" + value
                        + "' holds a backslash, a quote or a NUL, which no URI may");
    }
    const auto scheme = schemeOf(value);
    if (!scheme.empty() && scheme != "file" && scheme != "http" && scheme != "https")
        return fail(quoted(value) + " has the scheme '" + scheme
                    + "', which this agent does not fetch: http, https, file and paths are");
    if (uri.has_output_file()) {
        if (auto valid = validateOutputFile(uri.output_file()); !valid)
            return fail(valid.error().within(quoted(value)));
    }
    const auto name = sandboxName(uri);
    return name ? Result<>() : fail(name.error());
}

Result<std::string> sandboxName(const Uri &uri)
{
    if (uri.has_output_file() && !uri.output_file().empty())
        return uri.output_file();
    std::string path = uri.value();
    if (const auto scheme = path.find("://"); scheme != std::string::npos) {
        const auto slash = path.find('/', scheme + 3);
        path = slash == std::string::npos ? std::string() : path.substr(slash);
    }
    const auto name = path.substr(path.rfind('/') + 1);
    if (name.empty() || name == "." || name == "..")
        return fail(quoted(uri.value())
                    + " has no file name at its end: name the file, or set output_file");
    return name;
}

Result<FetchSource> sourceOf(const Uri &uri, const std::string &frameworksHome)
{
    const std::string &value = uri.value();
    const auto scheme = schemeOf(value);
    if (scheme == "http" || scheme == "https")
        return FetchSource{true, value};
    std::string path = value;
    if (scheme == "file") {
        path = value.substr(7);
        if (path.starts_with("localhost/"))
            path.erase(0, 9);
        if (!path.starts_with('/'))
            return fail(quoted(value) + " names another host: the form is file:///path");
    }
    if (path.starts_with('/'))
        return FetchSource{false, path};
    if (frameworksHome.empty())
        return fail(quoted(value)
                    + " is a relative path, and the agent was started without --frameworks_home: "
                      "make it absolute");
    return FetchSource{false, frameworksHome + "/" + path};
}

Packing packingOf(const std::string &name)
{
    for (const char *suffix :
         {".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip"}) {
        if (name.ends_with(suffix))
            return Packing::Archive;
    }
    return name.ends_with(".gz") ? Packing::Gzip : Packing::None;
}

} // namespace meseta::agent
