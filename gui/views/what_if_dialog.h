#pragma once

#include <QDialog>

#include "gui/model/fair_share.h"

class QLabel;
class QPushButton;
class QTableWidget;

namespace meseta::console {

/// Fair shares that would follow from other weights, quotas and roles. Nothing of it is sent to a
/// master.
class WhatIfDialog : public QDialog
{
    Q_OBJECT
public:
    explicit WhatIfDialog(const Replica &replica, QWidget *parent = nullptr);

    enum Column { Name, Weight, Task, Most, Guarantee, Limit, Now, Then, columnCount };
    QTableWidget &table() { return *m_table; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fitColumns();
    int titleWidth(int column) const;
    int wantedWidth(int column) const;
    void fill();
    void addRow(const FairShareRole &role);
    void addMadeUp();
    void edited(int row, int column);
    void takeAmounts(Amounts &amounts, const QString &text, double otherwise);
    void takeSettings();
    void reckon();

    const Replica &m_replica;
    QList<FairShareRole> m_roles;
    bool m_filling = false;
    bool m_edited = false;
    QTableWidget *m_table;
    QLabel *m_problem;
};

} // namespace meseta::console
