#pragma once

#include <QString>

#include "common/base/result.h"

namespace meseta::test {

/// A folder that is filled to be the root of an image: programs of this machine with the libraries
/// they need.
class RootFolder
{
public:
    explicit RootFolder(QString path) : m_path(std::move(path)) { }

    Result<> addProgram(const QString &program);
    void makeDirectory(const QString &path);

private:
    Result<> copy(const QString &file);

    QString m_path;
};

} // namespace meseta::test
