#pragma once

#include <memory>

#include <QList>
#include <QObject>
#include <QString>

namespace meseta::console {

/// A master that stands for election, by its node in ZooKeeper.
struct Contender
{
    QString node; ///< "json.info_0000000007"
    int number = 0; ///< the smallest leads
    QString address; ///< "ip:port"; "": what it wrote cannot be read
    QString hostname;
    QString version;
    QString id;
    qint64 session = 0; ///< ZooKeeper's, that holds the node
    double since = 0; ///< when the node was made, seconds since the epoch, a server's clock

    bool operator==(const Contender &) const = default;
};

/// Follows who stands for election in a group of masters, in order, until it is deleted. Changes
/// nothing in ZooKeeper. Source: Mesos high availability, znodes.
class ContenderWatch : public QObject
{
    Q_OBJECT
public:
    /// `zkUrl`: as a master's --zk; one that is not of that form never tells anything.
    explicit ContenderWatch(const QString &zkUrl, QObject *parent = nullptr);
    ~ContenderWatch() override;

    const QList<Contender> &contenders() const { return m_contenders; } ///< the leader first
    bool isConnected() const;
    QString problem() const { return m_problem; } ///< why nothing is known, for a person

Q_SIGNALS:
    void changed();

private:
    void readGroup();
    void readNext(int generation);
    void finish();
    void fail(const QString &problem);

    struct Private;
    std::unique_ptr<Private> d;
    QList<Contender> m_contenders;
    QString m_problem;
};

} // namespace meseta::console
