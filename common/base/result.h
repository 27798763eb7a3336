#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace meseta {

/// What went wrong, in one sentence for a person: what failed, on what, and what to do about it.
struct Error
{
    std::string message;

    /// The same error told by a caller: "<what the caller was doing>: <message>".
    Error within(const std::string &doing) const { return Error{doing + ": " + message}; }
};

/// A value, or the error that kept it from being made. Exceptions do not cross a room; this does.
template <typename T = void> using Result = tl::expected<T, Error>;

/// Shorthand for returning an error: `return fail("cannot open " + path + ": " + reason);`
inline tl::unexpected<Error> fail(std::string message)
{
    return tl::unexpected<Error>(Error{std::move(message)});
}

/// Passes an error up with context: `return fail(result.error().within("reading the config"));`
inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace meseta
