#include "tests/system/support/task_output.h"

#include <QDirIterator>
#include <QFile>

namespace meseta::test {

QByteArray outputOf(const QString &folder, const QString &executor)
{
    QDirIterator it(folder, {executor}, QDir::Dirs, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile out(it.next() + QStringLiteral("/runs/latest/stdout"));
        if (out.open(QIODevice::ReadOnly))
            return out.readAll();
    }
    return {};
}

} // namespace meseta::test
