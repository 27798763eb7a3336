#pragma once

#include <QDialog>

#include "gui/model/blast_radius.h"

namespace meseta::console {

/// Asks before something is done: what will be touched, by name, then the verb on the button. The
/// harmless answer is the default.
class DeedDialog : public QDialog
{
    Q_OBJECT
public:
    DeedDialog(const BlastRadius &radius, QWidget *parent = nullptr);

    const BlastRadius &radius() const { return m_radius; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    QString summaryText() const;
    QWidget *touchedList();

    BlastRadius m_radius;
};

} // namespace meseta::console
