#pragma once

#include <functional>

#include <QTemporaryDir>

#include "common/base/result.h"

namespace meseta::test {

/// An image that a test makes layer by layer with `umoci`, kept as an OCI layout, and hands out
/// with `skopeo`.
class OciImage
{
public:
    /// What is missing to make one; empty when nothing is.
    static QString missing();

    Result<> create();
    /// Unpacks the image, lets `change` alter the root folder, and makes a layer of the difference.
    Result<> addLayer(const std::function<Result<>(const QString &root)> &change);
    /// Options of `umoci config`: "--config.entrypoint=/bin/tool" …
    Result<> configure(const QStringList &options);

    /// Copies it as `repository:tag` into a registry.
    Result<> push(const QString &registryHost, const QString &name,
                  const QStringList &options = {}) const;
    /// Writes an archive; `form` is "docker-archive" or "oci-archive".
    Result<> save(const QString &form, const QString &path, const QString &name) const;

    /// Copies the OCI layout, tag `latest`, into a folder.
    Result<> copyTo(const QString &folder) const;

    /// The root file system as umoci unpacks it; made anew by each call.
    Result<QString> unpacked();

private:
    QString layout() const { return m_folder.filePath(QStringLiteral("image")); }
    Result<QString> unpackBundle();

    QTemporaryDir m_folder;
    int m_bundles = 0;
};

} // namespace meseta::test
