#include "gui/session/contender_watch.h"

#include <algorithm>

#include <QPointer>
#include <QTimer>

#include "common/base/qt_clock.h"
#include "common/zookeeper/membership.h"
#include "common/zookeeper/session.h"

namespace meseta::console {

namespace {

constexpr int againMs = 2000;
constexpr std::size_t mostContenders = 100; // more than any group of masters has

} // namespace

struct ContenderWatch::Private
{
    explicit Private(const zookeeper::Url &url) : path(url.path), session(url, {}, clock) { }

    std::string path;
    QtClock clock;
    zookeeper::Session session;
    QTimer again;
    int generation = 0; ///< of a reading; answers of earlier ones are dropped
    std::vector<zookeeper::Member> members;
    QList<Contender> found;
    bool watching = false;
};

ContenderWatch::ContenderWatch(const QString &zkUrl, QObject *parent) : QObject(parent)
{
    const auto url = zookeeper::Url::parse(zkUrl.toStdString());
    if (!url) {
        m_problem = QString::fromStdString(url.error().message);
        return;
    }
    d = std::make_unique<Private>(*url);
    d->again.setSingleShot(true);
    d->again.setInterval(againMs);
    connect(&d->again, &QTimer::timeout, this, &ContenderWatch::readGroup);
    connect(&d->session, &zookeeper::Client::connected, this, &ContenderWatch::readGroup);
    connect(&d->session, &zookeeper::Client::trouble, this, &ContenderWatch::fail);
    connect(&d->session, &zookeeper::Client::disconnected, this, &ContenderWatch::changed);
    connect(&d->session, &zookeeper::Client::expired, this, [this] {
        ++d->generation;
        d->watching = false;
        Q_EMIT changed();
    });
    d->session.open();
}

ContenderWatch::~ContenderWatch() = default;

bool ContenderWatch::isConnected() const
{
    return d && d->session.isConnected();
}

void ContenderWatch::readGroup()
{
    d->again.stop();
    const int generation = ++d->generation;
    const QPointer<ContenderWatch> self(this);
    zookeeper::Client::Changed told;
    if (!d->watching) {
        d->watching = true;
        told = [self] {
            if (!self)
                return;
            self->d->watching = false;
            self->readGroup();
        };
    }
    d->session.children(
        d->path,
        [self, generation](const zookeeper::Answer<std::vector<std::string>> &children) {
            if (!self || generation != self->d->generation)
                return;
            if (!children) {
                self->d->watching = false;
                return self->fail(QString::fromStdString(children.error().message));
            }
            self->d->found.clear();
            self->d->members.clear();
            for (const std::string &name : *children) {
                const auto member = zookeeper::Member::parse(name);
                if (member && self->d->members.size() < mostContenders)
                    self->d->members.push_back(*member);
            }
            std::sort(self->d->members.begin(), self->d->members.end(),
                      [](const auto &a, const auto &b) { return a.number > b.number; });
            self->readNext(generation);
        },
        told);
}

/// One after the other; there are few.
void ContenderWatch::readNext(int generation)
{
    if (d->members.empty())
        return finish();
    const zookeeper::Member member = d->members.back();
    d->members.pop_back();
    const QPointer<ContenderWatch> self(this);
    d->session.get(
        d->path + "/" + member.name,
        [self, generation, member](const zookeeper::Answer<zookeeper::Node> &node) {
            if (!self || generation != self->d->generation)
                return;
            if (node) {
                Contender contender;
                contender.node = QString::fromStdString(member.name);
                contender.number = member.number;
                contender.session = node->stat.owner;
                contender.since = static_cast<double>(node->stat.createdMs) / 1000;
                if (const auto master = zookeeper::parseMaster(member, node->data)) {
                    const std::string &host =
                        master->has_address() ? master->address().ip() : master->hostname();
                    contender.address = QStringLiteral("%1:%2")
                                            .arg(QString::fromStdString(host).left(200))
                                            .arg(master->port());
                    contender.hostname = QString::fromStdString(master->hostname()).left(200);
                    contender.version = QString::fromStdString(master->version()).left(100);
                    contender.id = QString::fromStdString(master->id()).left(200);
                }
                self->d->found.append(contender);
            } else if (node.error().code != zookeeper::Code::NoNode) {
                return self->fail(QString::fromStdString(node.error().message));
            }
            self->readNext(generation);
        },
        {});
}

void ContenderWatch::finish()
{
    m_problem.clear();
    m_contenders = std::move(d->found);
    Q_EMIT changed();
}

void ContenderWatch::fail(const QString &problem)
{
    m_problem = problem;
    d->again.start();
    Q_EMIT changed();
}

} // namespace meseta::console
