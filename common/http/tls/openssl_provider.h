#pragma once

#include "common/http/tls_session.h"

namespace meseta::http {

/// TLS 1.2 and 1.3 (RFC 8446) by OpenSSL. Certificates are checked against `caFile`, or when that
/// is empty against the system's (and SSL_CERT_FILE, SSL_CERT_DIR), and have to name the host. The
/// error says why `caFile` cannot be used.
Result<std::shared_ptr<TlsProvider>> makeOpenSslProvider(const QString &caFile = {});

} // namespace meseta::http
