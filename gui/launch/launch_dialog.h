#pragma once

#include <QDialog>

#include "gui/launch/launch_request.h"
#include "gui/model/replica.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace meseta::console {

/// Asks for one Docker task. Checks while typing; the launch button works when nothing is wrong.
class LaunchDialog : public QDialog
{
    Q_OBJECT
public:
    LaunchDialog(const Replica &replica, QWidget *parent = nullptr);

    LaunchRequest request() const;
    void setRequest(const LaunchRequest &request); ///< prefills the form

Q_SIGNALS:
    void launchRequested(const meseta::console::LaunchRequest &request);

private:
    void buildForm();
    void fillAgents(const Replica &replica);
    void check();
    QList<LaunchRequest::PortMapping> ports() const;
    QList<std::pair<QString, QString>> environment() const;

    QLineEdit *m_image;
    QLineEdit *m_name;
    QDoubleSpinBox *m_cpus;
    QSpinBox *m_memory;
    QComboBox *m_network;
    QLineEdit *m_ports;
    QLineEdit *m_command;
    QPlainTextEdit *m_environment;
    QComboBox *m_agent;
    QCheckBox *m_forcePull;
    QLabel *m_problem;
    QPushButton *m_launch;
};

} // namespace meseta::console
