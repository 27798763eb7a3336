#pragma once

#include <functional>

#include <QAbstractButton>
#include <QMenu>

#include "gui/model/look.h"

namespace meseta::console {

/// The cluster in front, at the head of the rail: its colour, its name, how the connection is. A
/// click opens the list of clusters.
class ClusterSwitch : public QAbstractButton
{
    Q_OBJECT
public:
    explicit ClusterSwitch(QWidget *parent = nullptr);

    void setCluster(const QString &name, const QString &address, const QString &state,
                    const Look &look, int color);
    void setMenuFiller(std::function<void()> fill);
    QMenu &openMenu() { return *m_menu; }

    static QColor color(int index);
    static QIcon colorIcon(int index);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QMenu *m_menu;
    std::function<void()> m_fill;
    QString m_address;
    QString m_state;
    Look m_look;
    int m_color = 0;
};

} // namespace meseta::console
