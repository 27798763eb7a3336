#include "gui/session/master_address.h"

#include <QCoreApplication>
#include <QUrl>

#include "common/zookeeper/url.h"

namespace meseta::console {

namespace {

struct AddressText
{
    Q_DECLARE_TR_FUNCTIONS(MasterAddress)
};

} // namespace

Result<MasterAddress> MasterAddress::parse(const QString &text)
{
    QString rest = text.trimmed();
    // As Chinese input methods write them.
    rest.replace(QChar(u'：'), QLatin1Char(':')).replace(QChar(u'，'), QLatin1Char(','));
    if (zookeeper::Url::isUrl(rest.toStdString())) {
        const auto ensemble = zookeeper::Url::parse(rest.toStdString());
        if (!ensemble)
            return fail(ensemble.error());
        return MasterAddress{{}, 0, rest};
    }
    if (!rest.contains(QLatin1String("://")))
        rest.prepend(QLatin1String("http://"));
    const QUrl url(rest, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || url.scheme() != QLatin1String("http")) {
        return fail(AddressText::tr("\"%1\" is not the address of a master; write it as host:port, "
                                    "for example localhost:5050.")
                        .arg(text.trimmed())
                        .toStdString());
    }
    return MasterAddress{url.host(), static_cast<quint16>(url.port(5050)), {}};
}

QString MasterAddress::text() const
{
    if (host.isEmpty() && !ensemble.isEmpty()) {
        const auto url = zookeeper::Url::parse(ensemble.toStdString());
        return url ? QString::fromStdString(url->text()) : ensemble;
    }
    const QString name =
        host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host;
    return name + QLatin1Char(':') + QString::number(port);
}

QString MasterAddress::url(const QString &path) const
{
    return QLatin1String("http://") + text() + path;
}

} // namespace meseta::console
